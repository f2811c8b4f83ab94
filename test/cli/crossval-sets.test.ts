/** A cross-validation of rows with several labels each: every row judged by a model that did not see it, in every form of the file. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readOutOfFold } from '../../src/server/runs/crossval/read-out-of-fold';
import type { CrossvalResult } from '../../src/server/runs/crossval/cross-validate';
import { readCrossval } from '../../src/server/runs/crossval/record';
import { textHash } from '../../src/server/runs/run-folder';
import { cli } from '../support/cli';
import { COMPLAINTS, complaints, complaintsFile } from '../support/complaints';
import { TINY_BASE, temporaryFolder } from '../support/tiny-run';

const TRAINING = ['--base', TINY_BASE, '--epochs', '2', '--batch-size', '8', '--learning-rate', '2e-3', '--threads', '1']; // prettier-ignore
const TASK = ['--task', 'multi-label', '--label-delimiter', ';'];

/** The lines of a file as cells. */
function cells(path: string, separator: string, end = '\n'): string[][] {
  return readFileSync(path, 'utf8').split(end).slice(0, -1).map((line) => line.split(separator)); // prettier-ignore
}

test('sets are judged out of fold, scored as sets, and answered for a test file; a lost fold is made again, alike', async (t) => {
  const folder = temporaryFolder(t);
  const rows = complaints(60);
  const data = join(folder, 'remarks.tsv');
  writeFileSync(data, complaintsFile(rows, ';'));
  const tested = join(folder, 'test.csv');
  writeFileSync(tested, `ID,text\na,${rows[0]!.text}\nb,\n`);
  const output = join(folder, 'cv');
  const args = ['crossval', data, '--folds', '3', '--stratified', '--test', tested, '--output', output];
  const { code, stdout, stderr } = await cli([...args, ...TASK, ...TRAINING, '--json']);
  assert.equal(code, 0, stderr);
  const { scores, floor, labels } = JSON.parse(stdout) as CrossvalResult;
  assert.deepEqual([...labels].sort(), [...COMPLAINTS].sort());

  const [header, ...lines] = cells(join(output, 'out-of-fold.tsv'), '\t');
  const place = (name: string) => header!.indexOf(name);
  assert.deepEqual(header!.slice(place('prediction')), ['prediction', 'fold', ...labels.map((label) => `probability_${label}`)]); // prettier-ignore
  assert.equal(lines.length, rows.length);
  let [whole, wrong, hits, given, had] = [0, 0, 0, 0, 0];
  for (const line of lines) {
    const own = new Set(line[place('label')]!.split(';').filter(Boolean));
    const taken = labels.filter((label) => Number(line[place(`probability_${label}`)]) >= 0.5);
    assert.equal(line[place('prediction')], taken.join(';') || ';');
    const errors = labels.filter((label) => own.has(label) !== taken.includes(label)).length;
    [whole, wrong] = [whole + Number(errors === 0), wrong + errors];
    hits += taken.filter((label) => own.has(label)).length;
    [given, had] = [given + taken.length, had + own.size];
  }
  assert.equal(scores.accuracy!.all, whole / rows.length);
  assert.equal(scores.hamming_loss!.all, wrong / (rows.length * labels.length));
  assert.ok(Math.abs(scores.micro_f1!.all! - (given + had === 0 ? 0 : (2 * hits) / (given + had))) < 1e-12);
  assert.deepEqual(Object.keys(scores), ['roc_auc', 'macro_f1', 'micro_f1', 'hamming_loss', 'loss', 'accuracy']);
  assert.deepEqual(Object.keys(floor), Object.keys(scores));
  for (const score of Object.values(scores)) assert.equal(score.folds.length, 3);
  assert.ok(floor.micro_f1!.all! > 0, 'the floor gives labels');

  const { probabilities } = await readOutOfFold(output);
  for (const { text } of rows) assert.equal(probabilities.get(textHash(text))!.length, labels.length);
  const submission = cells(join(output, 'submission.csv'), ',', '\r\n');
  assert.deepEqual(submission[0], ['ID', ...labels]);
  const mean = (id: number) =>
    [1, 2, 3].reduce(
      (sum, fold) => sum + Number(cells(join(output, `fold-${fold}`, 'test.tsv'), '\t')[0]![2 + id]) / 3,
      0,
    );
  submission[1]!.slice(1).forEach((cell, id) => assert.ok(Math.abs(Number(cell) - mean(id)) < 1e-12));
  assert.deepEqual(submission[2], ['b', ...labels.map(() => '')]);

  rmSync(join(output, 'fold-2'), { recursive: true });
  const resumed = await cli(['crossval', '--resume', output, '--json']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.deepEqual(JSON.parse(resumed.stdout), JSON.parse(stdout));
});

test('columns of one label each are dealt and judged as the cells that they make', async (t) => {
  const folder = temporaryFolder(t);
  const rows = complaints(30);
  const data = join(folder, 'columns.tsv');
  const lines = rows.map(({ text, labels }) => [text, ...COMPLAINTS.map((label) => Number(labels.includes(label)))].join('\t')); // prettier-ignore
  writeFileSync(data, `text\t${COMPLAINTS.join('\t')}\n${lines.join('\n')}\n`);
  const output = join(folder, 'cv');
  const columns = ['--task', 'multi-label', '--label-columns', COMPLAINTS.join(',')];
  const { code, stderr } = await cli(['crossval', data, '--folds', '2', '--output', output, ...columns, ...TRAINING]);
  assert.equal(code, 0, stderr);
  assert.deepEqual((await readCrossval(output)).multiLabel, { delimiter: '|', columns: [...COMPLAINTS] });
  const [header, first] = cells(join(output, 'out-of-fold.tsv'), '\t');
  assert.deepEqual(header!.slice(0, COMPLAINTS.length + 3), ['text', ...COMPLAINTS, 'labels', 'label']);
  const own = COMPLAINTS.filter((label) => rows[0]!.labels.includes(label));
  assert.equal(first![header!.indexOf('label')], own.join('|') || '|');
});
