/** `rowlight doctor --setup cuda` and `--remove cuda`, as a user types them, and what the doctor says of CUDA before and after. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { cli } from '../support/cli';
import { makeWheel, startIndex } from '../support/package-index';

const skip =
  process.platform === 'linux' && process.arch === 'x64' ? false : 'onnxruntime-node has CUDA on Linux x64 only';

describe('doctor and CUDA', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowlight-doctor-'));
  after(() => rmSync(folder, { recursive: true }));
  const doctor = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    cli(['doctor', ...args], '', { ...process.env, ROWLIGHT_CACHE: join(folder, 'cache'), ...more });

  test('says how it is set up', async () => {
    const { stdout, code } = await doctor(['--device', 'cuda', '--json']);
    assert.equal(code, 0);
    const facts = JSON.parse(stdout) as { device: string; why: string };
    assert.equal(facts.device, 'cpu');
    assert.match(facts.why, /^cuda does not work here: it is not set up: rowlight doctor --setup cuda fetches/);
  });

  test('asks the mirror of PIP_INDEX_URL, shows the size first, and fails in one line where it has nothing', async () => {
    const index = await startIndex([makeWheel('onnxruntime-gpu', '0.0.1', { x: new Uint8Array(1) })]);
    try {
      const { stderr, code } = await doctor(['--setup', 'cuda'], { PIP_INDEX_URL: `${index.address}/` });
      assert.equal(code, 1);
      assert.match(stderr, /brings onnxruntime-gpu [\d.]+: \d+ MB from http:\/\/127\.0\.0\.1/);
      assert.match(stderr, /\nrowlight: .*\/onnxruntime-gpu\/ has no onnxruntime_gpu-.*; choose another mirror\n$/);
      assert.deepEqual(
        index.requests.map(({ path }) => path),
        ['/simple/onnxruntime-gpu/'],
      );
    } finally {
      await index.close();
    }
  });

  test('refuses a file that is another one, and a command line that contradicts itself', async () => {
    const file = join(folder, 'onnxruntime_gpu.whl');
    writeFileSync(file, 'nothing');
    const wrong = await doctor(['--setup', 'cuda', '--from', file]);
    assert.equal(wrong.code, 1);
    assert.match(
      wrong.stderr,
      /\nrowlight: .*onnxruntime_gpu\.whl: not onnxruntime_gpu-[\d.]+-.* \(7 bytes in the place of \d+\)/,
    );
    assert.equal((await doctor(['--setup', 'cuda', '--remove', 'cuda'])).code, 2);
    assert.equal((await doctor(['--setup', 'rocm'])).code, 2);
  });

  test('removes what is there', async () => {
    const cuda = join(folder, 'cache', 'cuda', 'onnxruntime-0.0.1');
    mkdirSync(cuda, { recursive: true });
    writeFileSync(join(cuda, 'cuda.json'), new Uint8Array(1_500_000));
    const { why } = JSON.parse((await doctor(['--device', 'cuda', '--json'])).stdout) as { why: string };
    assert.match(why, /set up for ONNX Runtime 0\.0\.1, and this is/);
    const { stdout, code } = await doctor(['--remove', 'cuda']);
    assert.equal(code, 0);
    assert.equal(stdout, 'removed: 2 MB are free again\n');
    assert.ok(!existsSync(join(folder, 'cache', 'cuda')));
    assert.equal((await doctor(['--remove', 'cuda'])).stdout, 'nothing to remove: CUDA is not set up\n');
  });
});
