import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cli } from '../support/cli';
import { COMPLAINTS, complaints, complaintsFile } from '../support/complaints';
import { TINY_BASE, temporaryFolder, tinyData, tinyRows } from '../support/tiny-run';

const QUICK = ['--base', TINY_BASE, '--epochs', '1', '--batch-size', '16', '--learning-rate', '2e-3'];

test('several labels a row: train, evaluate and predict', async (t) => {
  const folder = temporaryFolder(t);
  const run = join(folder, 'run');
  const data = join(folder, 'remarks.tsv');
  const rows = complaints(120);
  writeFileSync(data, complaintsFile(rows, ';'));
  const task = ['--task', 'multi-label', '--label-delimiter', ';'];
  const trained = await cli(['train', data, ...QUICK, ...task, '--output', run, '--json']);
  assert.equal(trained.code, 0, trained.stderr);
  const result = JSON.parse(trained.stdout) as { floor: object; per_label: { label: string }[] };
  assert.deepEqual(result.per_label.map(({ label }) => label).sort(), [...COMPLAINTS].sort());
  assert.ok('macro_f1' in result.floor);
  const judged = await cli(['evaluate', run, data]);
  assert.equal(judged.code, 0, judged.stderr);
  for (const name of [
    'eval_accuracy',
    'eval_micro_f1',
    'eval_macro_f1',
    'eval_samples_f1',
    'eval_hamming_loss',
    'loss',
  ])
    assert.match(judged.stdout, new RegExp(`^${name} = [\\d.]+$`, 'm'));
  assert.match(judged.stdout, /^micro mean /m);
  const { stdout } = await cli(['predict', run, '-', '--format', 'jsonl'], `${rows[0]!.text}\n`);
  const answer = JSON.parse(stdout) as { label: string; labels: string[]; probabilities: Record<string, number> };
  assert.deepEqual(
    answer.labels,
    Object.entries(answer.probabilities).flatMap(([label, probability]) => (probability >= 0.5 ? [label] : [])),
  );
  assert.equal(answer.label, answer.labels.join(';') || ';');
  const refused = await cli(['evaluate', run, data, '--precision', '0.9']);
  assert.match(refused.stderr, /^rowlight: --precision finds thresholds for models of one label a row only$/m);
});

test('the label that a task is about stands first in its reports, and in the saved model', async (t) => {
  const folder = temporaryFolder(t);
  const run = join(folder, 'run');
  const trained = await cli(['train', tinyData(folder), ...QUICK, '--positive', 'red', '--output', run]);
  assert.equal(trained.code, 0, trained.stderr);
  // A model remembers what it is about.
  const other = join(folder, 'other.tsv');
  const rows = tinyRows(30).map(({ label, text }) => `${label}\t${text}\n`);
  writeFileSync(other, `label\ttext\n${rows.join('')}`);
  for (const { stdout } of [trained, await cli(['evaluate', run, other])]) {
    const lines = stdout.split('\n');
    assert.match(lines[1]!, /^red /);
    const scores = lines.filter((line) => line.includes(' = ')).map((line) => line.split(' = ')[0]);
    assert.deepEqual(scores.slice(0, 3), ['eval_positive_precision', 'eval_positive_recall', 'eval_positive_f1']);
  }
});

test(
  'zh-mini tells complaints from praise far better than the floor',
  { skip: process.env.ROWLIGHT_LONG ? false : 'takes minutes: node scripts/test.mjs --long tasks' },
  async (t) => {
    const folder = temporaryFolder(t);
    const data = join(folder, 'remarks.tsv');
    writeFileSync(data, complaintsFile(complaints(2000)));
    const args = ['--task', 'multi-label', '--max-length', '48', '--epochs', '6', '--output', join(folder, 'run')];
    const { stdout, stderr, code } = await cli(['train', data, ...args, '--json']);
    assert.equal(code, 0, stderr);
    const { eval_macro_f1: own, floor } = JSON.parse(stdout) as { eval_macro_f1: number; floor: { macro_f1: number } };
    assert.ok(own > floor.macro_f1 + 0.1, `macro F1 ${own}, naive Bayes ${floor.macro_f1}`);
  },
);
