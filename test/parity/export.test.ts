/** Exported models answer in their own runtimes as Rowlight does, by the three lines of their README. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ExportOptions, exportCommand } from '../../src/server/cli/export';
import { createPredictor } from '../../src/server/inference/predictor';
import type { HeadName } from '../../src/server/model/config';
import { fineTune } from '../../src/server/runs/fine-tune';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { largestDifference, testEngine } from '../support/model';
import { TINY_BASE, temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

/** The Python of the environment that `npm run test:parity` sets up. */
const python = process.env.ROWLIGHT_PARITY_PYTHON;
const options = { skip: python === undefined && 'npm run test:parity brings ONNX Runtime and TensorFlow' };

/** Of many lengths, so that most are padded; one is cut. */
const TEXTS = ['我身份证', '你怎么办护照', '他', '证'.repeat(300), 'Ünknown words, 标点!'];

/** A model trained for a moment, and what Rowlight says of the texts. */
async function trained(t: TestContext, base: string, head: HeadName = 'cls') {
  const folder = temporaryFolder(t);
  const run = await fineTune(tinyRequest(folder, { base, head, epochs: 1 }), tinyWorld());
  const { model } = await loadClassifier(run.folder);
  const predictor = await createPredictor(testEngine, model);
  const predictions = await predictor.predict(TEXTS.map((text) => ({ text })));
  await predictor.dispose();
  return { folder, run: run.folder, ours: predictions.flatMap(({ probabilities }) => probabilities) };
}

/** What the README's lines print in the folder, as JSON. */
function printedBy(folder: string): unknown {
  const texts = join(folder, '..', 'texts.json');
  writeFileSync(texts, JSON.stringify(TEXTS));
  const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '' };
  const script = [join('scripts', 'golden', 'run_readme.py'), folder, texts];
  const printed = execFileSync(python!, script, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: environment }); // prettier-ignore
  return JSON.parse(printed);
}

const theirs = (folder: string): number[] => (printedBy(folder) as number[][]).flat();

const exporting = (changes: Partial<ExportOptions>): ExportOptions => ({
  format: 'onnx',
  dtype: 'float32',
  verbose: false,
  ...changes,
});

test('a Hugging Face folder in transformers', options, async (t) => {
  const { folder, run } = await trained(t, join('models', 'zh-mini'));
  const target = join(folder, 'whole');
  await exportCommand(run, target, exporting({ format: 'hugging-face' }));
  const { model } = await loadClassifier(target);
  // transformers knows no temperature.
  const predictor = await createPredictor(testEngine, { ...model, temperature: 1 });
  const ours = await predictor.predict(TEXTS.map((text) => ({ text })));
  await predictor.dispose();
  const answers = printedBy(target) as { label: string; score: number }[][];
  const scores = answers.flatMap((answer) =>
    model.labels.map((label) => answer.find((one) => one.label === label)!.score),
  );
  assert.ok(
    largestDifference(
      scores,
      ours.flatMap(({ probabilities }) => probabilities),
    ) <= 1e-4,
  );
});

test('ONNX in onnxruntime: float32, float16, int8', options, async (t) => {
  const { folder, run, ours } = await trained(t, join('models', 'zh-mini'));
  for (const [dtype, bound] of [
    ['float32', 1e-4],
    ['float16', 5e-3],
    ['int8', 0.1],
  ] as const) {
    const target = join(folder, dtype);
    await exportCommand(run, target, exporting({ dtype }));
    const difference = largestDifference(theirs(target), ours);
    assert.ok(difference <= bound, `${dtype}: ${difference}`);
    if (dtype !== 'float32') assert.ok(difference > 1e-7, `${dtype} rounds`);
  }
});

for (const head of ['cls', 'pooled', 'mean'] as const) {
  test(`a SavedModel in TensorFlow, head ${head}`, options, async (t) => {
    const { folder, run, ours } = await trained(t, TINY_BASE, head);
    const target = join(folder, 'served');
    await exportCommand(run, target, exporting({ format: 'saved-model' }));
    const [version, ...others] = readdirSync(target);
    assert.match(version!, /^\d{10}$/);
    assert.deepEqual(others, []);
    assert.ok(largestDifference(theirs(join(target, version!)), ours) <= 1e-4);
  });
}
