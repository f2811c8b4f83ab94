/** What the extension must never do to its neighbours, read from its source and its manifest. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { predictCommand } from '../../src/extension/predict-command';

const sources = readdirSync('src/extension', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join('src/extension', path), 'utf8') }));

test('no setting outside of rowlight.* is read, written or given another default, but that a download obeys the proxy', () => {
  assert.ok(sources.length > 10);
  for (const { path, text } of sources) {
    for (const [, section] of text.matchAll(/getConfiguration\(\s*['"`]([^'"`]*)/g)) {
      assert.match(section ?? '', path.endsWith('transfers.ts') ? /^http$/ : /^rowlight\b/, path);
    }
    assert.doesNotMatch(text, /getConfiguration\(\s*\)/, path);
  }
  const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as { contributes: Record<string, unknown> };
  assert.equal(contributes['configurationDefaults'], undefined);
});

test('the command to copy is one that a shell reads as it is meant', () => {
  assert.equal(
    predictCommand('/x/dist/cli.cjs', "/data/it's $HOME/big.tsv", 'linux'),
    `node /x/dist/cli.cjs predict MODEL '/data/it'\\''s $HOME/big.tsv'`,
  );
  assert.equal(
    predictCommand('C:\\x\\cli.cjs', 'C:\\my data\\big.tsv', 'win32'),
    "node 'C:\\x\\cli.cjs' predict MODEL 'C:\\my data\\big.tsv'",
  );
});
