import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { availableParallelism } from 'node:os';
import { getKernelsForBackend } from '@tensorflow/tfjs-core';
import { BACKEND } from '../../src/server/engine/onnx/kernels/kernel';
import { registerKernels } from '../../src/server/engine/onnx/kernels/register';
import { LEFT_OUT } from './conformance-left-out';
import type { SpecResult } from './conformance/jasmine-side';
import { runSpecFiles } from './conformance/run';
import { specFiles } from './conformance/spec-files';

/**
 * tfjs-core's own published tests against the backend, from the installed package: every file of an operation that the backend has kernels
 * for. What is left out stands in `conformance-left-out.ts`; everything else must pass.
 */
registerKernels();
const registered = getKernelsForBackend(BACKEND).map(({ kernelName }) => kernelName);
const { chosen, aside } = specFiles(new Set(registered));
const running = runSpecFiles(chosen, Math.min(2, availableParallelism()));
const reasons = new Map(LEFT_OUT.flatMap(({ reason, specs }) => specs.map((spec) => [spec, reason] as const)));
const counts = { passed: 0, leftOut: 0 };

const idOf = (result: SpecResult) => `${result.file} › ${result.name}`;
const entryOf = (result: SpecResult) => [idOf(result), `${result.file} › *`].find((entry) => reasons.has(entry));

for (const file of chosen) {
  test(`tfjs-core ${file}`, async (t) => {
    const results = (await running).specs.filter((result) => result.file === file);
    const leftOut = results.filter((result) => entryOf(result) !== undefined);
    const rest = results.filter((result) => entryOf(result) === undefined);
    const failed = rest.filter(({ failure }) => failure !== undefined);
    assert.deepEqual(
      failed.map(({ name, failure }) => `${name}: ${failure}`),
      [],
    );
    counts.passed += rest.length;
    counts.leftOut += leftOut.length;
    t.diagnostic(`${rest.length} specs passed, ${leftOut.length} left out`);
  });
}

test('every spec that is left out exists and does not pass', async () => {
  const failing = new Set((await running).specs.filter(({ failure }) => failure !== undefined).map(entryOf));
  assert.deepEqual(
    [...reasons.keys()].filter((entry) => !failing.has(entry)),
    [],
  );
});

test('every kernel is run by a spec, but our own, which composites.test.ts runs', async () => {
  const ran = new Set((await running).kernels);
  const own = ['DropoutFactors', 'Gelu', 'LayerNormalization', 'SumOfSquares'];
  assert.deepEqual(registered.filter((name) => !ran.has(name)).sort(), own);
});

test('leaving kernels out does not make the backend pass', async (t) => {
  for (const [file, kernels] of aside) t.diagnostic(`${file} not run: no kernel ${kernels.join(', ')}`);
  const rest = (await running).specs.filter((result) => entryOf(result) === undefined);
  assert.ok(rest.length > 2000, `${rest.length} specs`);
});

after(() => {
  console.log(
    `${counts.passed} specs passed, ${counts.leftOut} left out by name, ${aside.size} files of operations without a kernel not run`,
  );
});
