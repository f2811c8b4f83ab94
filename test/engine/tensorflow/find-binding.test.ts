import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { selectEngine } from '../../../src/server/engine/select';
import { RowlightError } from '../../../src/server/errors';
import { BINDING, RECORD, findBinding, tensorflowFolder } from '../../../src/server/engine/tensorflow/find-binding';
import { loadTensorflowEngine } from '../../../src/server/engine/tensorflow/load';
import { productType } from '../../../src/server/engine/tensorflow/processor';
import { TENSORFLOW, TFJS_NODE } from '../../../src/server/engine/tensorflow/versions';

let cache: string;
beforeEach(() => (cache = mkdtempSync(join(tmpdir(), 'rowlight-test-'))));
afterEach(() => rmSync(cache, { recursive: true }));

const nothing = () => {
  throw new Error('Cannot find module');
};
const problemOf = () => {
  const found = findBinding(cache, nothing);
  assert.ok('problem' in found);
  return found.problem;
};

/** What a build leaves, with bytes that are no library. */
function build(record: object = {}): void {
  const folder = tensorflowFolder(cache);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, BINDING), 'no library');
  const files = { [BINDING]: 10 };
  const whole = { tensorflow: TENSORFLOW, tfjsNode: TFJS_NODE, wheel: 'x.whl', files, ...record };
  writeFileSync(join(folder, RECORD), JSON.stringify(whole));
}

test('nothing built and no package: how to build it', () => {
  assert.match(problemOf(), /^it is not here: npm run engine:tensorflow builds it/);
});

test('what was built is found', () => {
  build();
  assert.deepEqual(findBinding(cache, nothing), {
    binding: join(tensorflowFolder(cache), BINDING),
    tensorflow: TENSORFLOW,
    wheel: 'x.whl',
  });
});

test('built for another version: both versions and what to do', () => {
  build({ tensorflow: '2.9.1' });
  assert.match(problemOf(), /TensorFlow 2\.9\.1 .* needs 2\.21\.0 .*npm run engine:tensorflow builds it anew/);
});

test('a library that is missing or cut off is named', () => {
  build({ files: { [BINDING]: 10, 'libtensorflow_cc.so.2': 788086608 } });
  assert.match(problemOf(), /libtensorflow_cc\.so\.2 is missing or damaged: npm run engine:tensorflow/);
  build({ files: { [BINDING]: 11 } });
  assert.match(problemOf(), /tfjs_binding\.node is missing or damaged/);
});

test('a damaged record is told', () => {
  build();
  writeFileSync(join(tensorflowFolder(cache), RECORD), '{');
  assert.match(problemOf(), /tensorflow\.json is damaged/);
});

test('an installed package is taken where nothing was built', () => {
  const manifest = join(cache, 'node_modules', '@tensorflow', 'tfjs-node', 'package.json');
  const binding = join(dirname(manifest), 'lib', 'napi-v8', BINDING);
  const resolve = (file: string) => (file === '@tensorflow/tfjs-node/package.json' ? manifest : nothing());
  mkdirSync(dirname(manifest), { recursive: true });
  // Its own download failed: the package is there, the binding is not.
  assert.ok('problem' in findBinding(cache, resolve));
  mkdirSync(dirname(binding), { recursive: true });
  writeFileSync(binding, '');
  assert.deepEqual(findBinding(cache, resolve), { binding });
});

test('a library that the loader refuses: one line that names it', () => {
  build();
  const made = loadTensorflowEngine(1, 'float32', findBinding(cache, nothing) as { binding: string });
  assert.ok('problem' in made);
  assert.match(made.problem, /^\S+tfjs_binding\.node can't be loaded: [^\n]+$/);
});

test('an engine that was asked for and is not there is an error of one line, not another engine', async () => {
  const before = process.env['ROWLIGHT_CACHE'];
  process.env['ROWLIGHT_CACHE'] = cache;
  try {
    build({ tensorflow: '2.9.1' });
    await assert.rejects(selectEngine({ engine: 'tensorflow' }), (error) => {
      assert.ok(RowlightError.is(error, 'unsupported'));
      assert.match(error.message, /^the engine tensorflow can't be used: .*2\.9\.1.*npm run engine:tensorflow/);
      return true;
    });
  } finally {
    if (before === undefined) delete process.env['ROWLIGHT_CACHE'];
    else process.env['ROWLIGHT_CACHE'] = before;
  }
});

test('bfloat16 where the processor multiplies it', () => {
  assert.equal(productType('flags\t\t: fpu avx512f avx512_bf16 clzero\n'), 'bfloat16');
  assert.equal(productType('flags\t\t: fpu amx_bf16 amx_tile\n'), 'bfloat16');
  assert.equal(productType('Features\t: fp asimd bf16 i8mm\n'), 'bfloat16');
  assert.equal(productType('flags\t\t: fpu avx2 fma\n'), 'float32');
  assert.equal(productType(''), 'float32');
});
