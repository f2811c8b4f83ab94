/** ONNX Runtime reports nothing: it would keep a device id and a queue of reports in the user's folders (seen with 1.30.0 on Linux). */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { temporaryFolder } from '../support/tiny-run';

test('a prediction leaves nothing in the folders of the user, and the variable is set before the library is loaded', (t) => {
  const home = temporaryFolder(t);
  const scratch = temporaryFolder(t);
  mkdirSync(join(home, 'work'));
  // Nothing that would itself turn reports off: no CI variables, none of ours.
  const env = { PATH: process.env['PATH'], HOME: home, USERPROFILE: home, TMPDIR: scratch, LOCALAPPDATA: home };
  const args = [join(process.cwd(), 'dist/cli.cjs'), 'predict', join(process.cwd(), 'models/police-desk'), '-'];
  const { status, stderr } = spawnSync(process.execPath, args, {
    env,
    cwd: join(home, 'work'),
    input: '身份证怎么办\n',
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.deepEqual(readdirSync(home, { recursive: true }), ['work']);
  assert.deepEqual(readdirSync(scratch), []);
});
