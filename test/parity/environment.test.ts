/** The Python environment is the pinned one: a comparison with other versions would prove something else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const python = process.env['ROWLIGHT_PARITY_PYTHON'];
const skip = python ? false : 'run: npm run test:parity';

const SCRIPT = `
import json, sys
from importlib.metadata import version
print(json.dumps({name: version(name).split('+')[0] for name in sys.argv[1:]}))
`;

test('the installed versions are those of scripts/golden/requirements.txt', { skip }, () => {
  const lines = readFileSync('scripts/golden/requirements.txt', 'utf8').split('\n');
  const pinned = lines.map((line) => /^([\w-]+)==([^;\s]+)$/.exec(line)).filter((match) => match !== null);
  const wanted = Object.fromEntries(pinned.map(([, name = '', version = '']) => [name, version]));
  assert.ok(wanted['torch'] && wanted['transformers'], 'requirements.txt names torch and transformers');
  const output = execFileSync(String(python), ['-c', SCRIPT, ...Object.keys(wanted)], { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(output), wanted);
});
