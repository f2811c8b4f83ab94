/** A model that is too sure of itself is saved with a temperature, which every way of predicting applies; thresholds are found, kept and obeyed. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { loadModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import { readPredictions } from '../../src/server/runs/predictions';
import type { EvaluationResult } from '../../src/server/cli/report';
import { cli } from '../support/cli';
import { TINY_BASE, temporaryFolder, tinyRows } from '../support/tiny-run';

let data: string;
let run: string;
let trained: EvaluationResult;

before(async (t) => {
  const folder = temporaryFolder(t as TestContext);
  run = join(folder, 'run');
  data = join(folder, 'noisy.tsv');
  // Every fourth label is wrong: a model that has learnt the rest is too sure of it.
  const labels = ['red', 'green', 'blue'];
  const lines = tinyRows(240).map(({ label, text }, row) => {
    const given = row % 4 === 1 ? labels[(labels.indexOf(label) + 1) % 3]! : label;
    return `${given}\t${text}${'办'.repeat(row % 11)}`;
  });
  writeFileSync(data, `label\ttext\n${lines.join('\n')}\n`);
  const settings = ['--base', TINY_BASE, '--output', run, '--epochs', '15', '--batch-size', '8'];
  const ended = await cli(['train', data, ...settings, '--learning-rate', '5e-3', '--json']);
  assert.equal(ended.code, 0, ended.stderr);
  trained = JSON.parse(ended.stdout) as EvaluationResult;
});

test('the temperature is kept with the model, and what it does is told', async () => {
  const { calibration } = (await loadModelFolder(nodeFiles, run)).rowlight!;
  assert.ok(calibration, 'this data asks for a temperature');
  assert.equal(calibration.rows, 48);
  assert.ok(calibration.after.loss < calibration.before.loss);
  assert.equal(trained.calibration?.temperature, calibration.temperature);
  assert.ok(Math.abs(trained.eval_loss - calibration.before.loss) < 1e-6, 'the loss of the bare model');
  assert.ok(Math.abs(trained.calibration.error_before - calibration.before.error) < 1e-6);
  assert.equal(trained.calibration.error_after, trained.eval_calibration_error);
  const { stdout } = await cli(['evaluate', run, data]);
  assert.match(stdout, /^temperature [\d.]+: calibration error [\d.]+ → [\d.]+, loss [\d.]+ → [\d.]+$/m);
  assert.match(stdout, /fitted on the held-out rows of the run, which chose the checkpoint too/);
});

test('the predictions of a run and of the command line are the same, at the temperature', async () => {
  const { stdout } = await cli(['predict', run, data, '--format', 'jsonl']);
  const lines = stdout.trimEnd().split('\n');
  for (const { row, prediction, probability } of await readPredictions(run)) {
    const own = JSON.parse(lines[row]!) as { label: string; probability: number };
    assert.equal(own.label, prediction);
    assert.ok(Math.abs(own.probability - probability) < 1e-5);
  }
});

test('thresholds for a wished precision are told with what they cost, kept when asked, and obeyed', async () => {
  const asked = ['evaluate', run, data, '--precision', '0.8'];
  const told = JSON.parse((await cli([...asked, '--json'])).stdout) as EvaluationResult;
  assert.equal(existsSync(join(run, 'thresholds.json')), false, 'nothing is kept unasked');
  const { per_label } = told.thresholds!;
  assert.deepEqual(
    per_label.map(({ label }) => label),
    ['blue', 'green', 'red'],
  );
  for (const { threshold, precision, recall, recall_of_all, accepted, predicted } of per_label) {
    assert.ok(threshold === null || precision >= 0.8);
    assert.ok(recall <= recall_of_all && accepted <= predicted);
  }
  assert.match((await cli([...asked, '--save'])).stdout, /^thresholds for a precision of 80\.0 % on these rows:$/m);
  const kept = JSON.parse(readFileSync(join(run, 'thresholds.json'), 'utf8')) as { thresholds: Record<string, number> };

  const { stdout } = await cli(['predict', run, data, '--format', 'jsonl', '--confident']);
  const all = (await cli(['predict', run, data, '--format', 'jsonl'])).stdout.trimEnd().split('\n');
  stdout.trimEnd().split('\n').forEach((line, at) => {
    const [own, whole] = [line, all[at]!].map((text) => JSON.parse(text) as { label: string | null; probability: number });
    const least = kept.thresholds[whole!.label!] ?? Infinity;
    assert.equal(own!.label, whole!.probability >= Number(least.toFixed(6)) ? whole!.label : null);
  }); // prettier-ignore
});

test('wrong wishes get one line', async () => {
  const unsaid = await cli(['evaluate', run, data, '--save']);
  assert.equal(unsaid.code, 2);
  assert.match(unsaid.stderr, /say with --precision/);
  const none = await cli(['predict', TINY_BASE, data, '--confident']);
  assert.equal(none.code, 1);
  writeFileSync(join(run, 'thresholds.json'), JSON.stringify({ format: 1, precision: 0.9, rows: 3, step: 999999, thresholds: {} })); // prettier-ignore
  const other = await cli(['predict', run, data, '--confident']);
  assert.match(other.stderr, /thresholds\.json: belongs to another checkpoint of this run; make them with/);
});
