/** Real runs of a tiny model are compared on the rows that judged all of them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { compareRuns } from '../../src/server/runs/compare-runs';
import { commonRows } from '../../src/server/runs/common-rows';
import { fineTune } from '../../src/server/runs/fine-tune';
import { judgeRun } from '../../src/server/runs/judge-run';
import { type JudgedRow, readPredictions } from '../../src/server/runs/predictions';
import { readProbabilities } from '../../src/server/runs/probabilities-file';
import { cli } from '../support/cli';
import { temporaryFolder, tinyRequest, tinyRows, tinyWorld } from '../support/tiny-run';

let root: string;
let [short, long, other, apart] = ['', '', '', ''];

before(async (t) => {
  root = temporaryFolder(t as TestContext);
  const made = async (name: string, changes: Parameters<typeof tinyRequest>[1]) =>
    (await fineTune(tinyRequest(root, { output: join(root, name), ...changes }), tinyWorld())).folder;
  short = await made('short', { epochs: 1 });
  long = await made('long', { epochs: 12 });
  other = await made('other', { epochs: 2, seed: 3 });
  apart = await made('apart', { epochs: 1, seed: 11 });
});

const judged = (row: number, hash: string, label: string): JudgedRow => ({ row, hash, label, prediction: 'x', probability: 1 }); // prettier-ignore

test('rows are the same by text and label, repeated ones in their order', () => {
  const a = [judged(0, 'p', 'x'), judged(1, 'q', 'x'), judged(2, 'p', 'x'), judged(3, 'r', 'y')];
  const b = [judged(7, 'p', 'x'), judged(8, 'r', 'z'), judged(9, 'q', 'x')];
  assert.deepEqual(commonRows([a, b]), [[0, 0], [1, 2]]); // prettier-ignore
  assert.deepEqual(commonRows([a, a]), [[0, 0], [1, 1], [2, 2], [3, 3]]); // prettier-ignore
  assert.deepEqual(commonRows([a, []]), []);
});

test('scores, differences, labels and flipped rows are those of the predictions', async () => {
  const found = await compareRuns([short, long]);
  const [first, second] = [await readPredictions(short), await readPredictions(long)];
  assert.equal(found.common, 12);
  const right = (rows: readonly JudgedRow[]) => rows.filter(({ label, prediction }) => label === prediction).length;
  assert.equal(found.runs[0]!.accuracy.value, right(first) / 12);
  assert.equal(found.runs[1]!.accuracy.value, right(second) / 12);
  const { accuracyGain } = found.runs[1]!;
  assert.ok(accuracyGain && Math.abs(accuracyGain.value - (right(second) - right(first)) / 12) < 1e-12);
  assert.ok(accuracyGain.low <= accuracyGain.value && accuracyGain.value <= accuracyGain.high);
  assert.equal(found.runs[0]!.accuracyGain, undefined);
  assert.ok(right(second) > right(first), 'the longer run learnt more');

  const flipped = first.flatMap(({ prediction }, at) => (prediction === second[at]!.prediction ? [] : [at]));
  assert.equal(found.flips, flipped.length);
  assert.deepEqual(
    found.flipped.map(({ index }) => index).sort((a, b) => a - b),
    flipped,
  );
  assert.equal(found.won - found.lost, right(second) - right(first));
  for (const { index, label, predictions, text, line } of found.flipped) {
    assert.equal(label, first[index]!.label);
    assert.deepEqual(predictions, [first[index]!.prediction, second[index]!.prediction]);
    assert.equal(text, tinyRows(60)[first[index]!.row]!.text);
    assert.equal(line, first[index]!.row + 1);
  }
  const perLabel = (await judgeRun(long))!.perLabel;
  found.labels.forEach((label, id) => {
    const own = perLabel.find((score) => score.label === label)!;
    assert.equal(found.runs[1]!.f1[id], own.f1);
    assert.equal(found.support[id], own.support);
  });
});

test('runs with other held-out rows are compared on those they share', async () => {
  const found = await compareRuns([short, other]);
  const texts = new Set((await readPredictions(other)).map(({ hash }) => hash));
  assert.equal(found.common, (await readPredictions(short)).filter(({ hash }) => texts.has(hash)).length);
  assert.ok(found.common > 0 && found.common < 12);
  assert.equal(found.runs[1]!.judged, 12);
});

test('the probabilities of all labels are kept with the checkpoint; curves and confidences come of them', async () => {
  const rows = await readPredictions(long);
  const { bare, temperature } = (await readProbabilities(long, rows.length, 3))!;
  rows.forEach(({ probability }, row) => {
    const own = [...bare.subarray(3 * row, 3 * row + 3)].map((one) => one ** (1 / temperature));
    assert.ok(Math.abs(Math.max(...own) / own.reduce((a, b) => a + b) - probability) < 1e-5);
  });
  const { probabilities, learning } = (await judgeRun(long))!;
  assert.deepEqual(probabilities?.curves.map(({ label }) => label).sort(), ['blue', 'green', 'red']);
  assert.equal(probabilities?.before.bins.reduce((sum, bin) => sum + bin.rows, 0), 12); // prettier-ignore
  assert.deepEqual(learning.map(({ rows: n, heldOut }) => [n, heldOut]), Array.from({ length: 4 }, () => [48, 12])); // prettier-ignore
  assert.equal(await readProbabilities(long, rows.length, 4), undefined);
});

test('what cannot be compared is told in one line; the command line compares too', async () => {
  await assert.rejects(compareRuns([short]), /two to 6 different runs/);
  await assert.rejects(compareRuns([short, short]), /two to 6 different runs/);
  await assert.rejects(compareRuns([short, root]), /run\.json/);
  await assert.rejects(compareRuns([short, apart]), /no row judged all of these runs/);
  const predictions = join(other, 'checkpoints', 'none');
  assert.equal((await cli(['compare', short, predictions])).code, 1);
  const { stdout, code } = await cli(['compare', short, long]);
  assert.equal(code, 0);
  assert.match(stdout, /^12 rows judged all 2 runs/);
  assert.match(
    stdout,
    /^long +macro F1 {2}[\d.]+ % \[[\d.]+ %, [\d.]+ %\] {2}[+−±][\d.]+ \[.*\] (beyond|within) noise$/m,
  );
  const { runs } = JSON.parse((await cli(['compare', short, long, '--json'])).stdout) as { runs: unknown[] };
  assert.equal(runs.length, 2);
  assert.equal((await cli(['compare', short])).code, 2);
});
