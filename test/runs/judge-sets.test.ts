/** Runs of several labels a row on the metrics page and beside each other: judged by their files, their rows found again after edits. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { splitLabels } from '../../src/server/data/multi-label';
import { compareRuns } from '../../src/server/runs/compare-runs';
import { fineTune } from '../../src/server/runs/fine-tune';
import { judgeRun } from '../../src/server/runs/judge-run';
import { metricsWork } from '../../src/server/runs/metrics-work';
import { readPredictions } from '../../src/server/runs/predictions';
import { scoreSetFloor } from '../../src/server/training/floor';
import { complaints, complaintsFile } from '../support/complaints';
import { temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

const multiLabel = { delimiter: '|' };
const close = (one: number, other: number) => assert.ok(Math.abs(one - other) < 1e-12, `${one} ${other}`);
let root: string;
let data: string;
let [short, long, single] = ['', '', ''];

before(async (t) => {
  root = temporaryFolder(t as TestContext);
  data = join(root, 'remarks.tsv');
  writeFileSync(data, complaintsFile(complaints(120)));
  const made = async (name: string, changes: Parameters<typeof tinyRequest>[1]) => {
    const request = tinyRequest(root, { data, multiLabel, output: join(root, name), ...changes });
    return (await fineTune(request, tinyWorld())).folder;
  };
  short = await made('short', { epochs: 1 });
  long = await made('long', { epochs: 4, learningRate: 1e-2 });
  single = (await fineTune(tinyRequest(root, { output: join(root, 'single'), epochs: 1 }), tinyWorld())).folder;
});

test('a run is judged by sets: scores with intervals, the floor, every label, what is missing and what is extra', async () => {
  const judgement = (await judgeRun(long))!;
  const judged = await readPredictions(long);
  const sets = judged.map(({ label, prediction }) => [splitLabels(label, multiLabel), splitLabels(prediction, multiLabel)] as const); // prettier-ignore
  const { labels } = judgement;
  close(judgement.accuracy.value, judged.filter(({ label, prediction }) => label === prediction).length / judged.length); // prettier-ignore
  assert.deepEqual(judgement.confusion, []);
  labels.forEach((label, id) => {
    const missing = sets.filter(([own, given]) => own.includes(label) && !given.includes(label)).length;
    const extra = sets.filter(([own, given]) => !own.includes(label) && given.includes(label)).length;
    assert.deepEqual(judgement.sets!.errors[id], { missing, extra });
    assert.equal(judgement.perLabel[id]!.support, sets.filter(([own]) => own.includes(label)).length);
  });
  const wrong = judgement.sets!.errors.reduce((sum, { missing, extra }) => sum + missing + extra, 0);
  close(judgement.sets!.hammingLoss, wrong / (judged.length * labels.length));
  close(judgement.macroF1.value, judgement.perLabel.reduce((sum, { f1 }) => sum + f1, 0) / labels.length);
  assert.ok(judgement.macroF1.low <= judgement.macroF1.value && judgement.macroF1.value <= judgement.macroF1.high);

  assert.ok(judgement.floor !== 'unknown');
  const rows = complaints(120);
  const heldOut = new Set(judged.map(({ row }) => row));
  const examples = rows.map(({ text, labels: own }, row) => ({ row, text, label: own.join('|') || '|' }));
  const [train, test] = [examples.filter(({ row }) => !heldOut.has(row)), judged.map(({ row }) => examples[row]!)];
  const floor = scoreSetFloor(train, test, labels, multiLabel);
  close(judgement.floor.macroF1.value, floor.macro.f1);
  close(judgement.floor.accuracy.value, floor.accuracy);

  const lines = readFileSync(data, 'utf8').split('\n');
  assert.equal(judgement.mistakeCount, judged.filter(({ label, prediction }) => label !== prediction).length);
  for (const { label, prediction, text, line, missing, extra } of judgement.mistakes) {
    assert.equal(lines[line!]!.split('\t')[1], text);
    const [own, given] = [splitLabels(label, multiLabel), splitLabels(prediction, multiLabel)];
    assert.deepEqual([...given.filter((one) => !extra!.includes(one)), ...missing!].sort(), own.sort());
  }
  const { curves, before: bare } = judgement.probabilities!;
  assert.deepEqual(new Set(curves.map(({ label }) => label)), new Set(labels));
  assert.equal(bare.bins.reduce((sum, { rows: n }) => sum + n, 0), judged.length * labels.length); // prettier-ignore
});

test('rows that lack a label or have one too many are found', async () => {
  const { labels, sets } = (await judgeRun(long))!;
  for (const error of ['missing', 'extra'] as const)
    for (const [id, label] of labels.entries()) {
      const n = sets!.errors[id]![error];
      if (n === 0) continue;
      const { total, rows } = await metricsWork.find(long, { label, error });
      assert.equal(total, n);
      for (const row of rows) assert.ok(row[error]!.includes(label));
    }
});

test('one set in another order is no other label; one that was changed is', async (t) => {
  const text = readFileSync(data, 'utf8');
  t.after(() => writeFileSync(data, text));
  const [row] = (await readPredictions(long)).filter(({ label }) => label.split('|').length === 2 && label !== '|');
  const lines = text.split('\n').map((line, at) => {
    const [label, ...rest] = line.split('\t');
    if (at === 0 || label === '' || label === '|') return line;
    return [label!.split('|').reverse().join('|'), ...rest].join('\t');
  });
  writeFileSync(data, lines.join('\n'));
  assert.equal((await judgeRun(long))!.heldOut.relabelled, 0);
  lines[row!.row + 1] = `|\t${lines[row!.row + 1]!.split('\t')[1]!}`;
  writeFileSync(data, lines.join('\n'));
  assert.equal((await judgeRun(long))!.heldOut.relabelled, 1);
});

test('two of them are compared by sets; one and a run of one label a row are not', async () => {
  const found = await compareRuns([short, long]);
  const judgement = (await judgeRun(long))!;
  assert.equal(found.sets, true);
  assert.equal(found.common, judgement.rows);
  close(found.runs[1]!.macroF1.value, judgement.macroF1.value);
  const byName = (of: readonly string[], values: readonly number[]) =>
    Object.fromEntries(of.map((label, id) => [label, values[id]]));
  assert.deepEqual(byName(found.labels, found.runs[1]!.f1), byName(judgement.labels, judgement.perLabel.map(({ f1 }) => f1))); // prettier-ignore
  const [first, second] = [await readPredictions(short), await readPredictions(long)];
  assert.equal(found.flips, first.filter(({ prediction }, at) => prediction !== second[at]!.prediction).length);
  for (const { index, predictions } of found.flipped)
    assert.deepEqual(predictions, [first[index]!.prediction, second[index]!.prediction]);
  await assert.rejects(compareRuns([short, single]), /single: one of it and .*short gives a row several labels/);
});
