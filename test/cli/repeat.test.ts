/** A run that is done once more by what its record says, through the real command line, is the same run. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repeatArguments } from '../../src/server/runs/repeat-arguments';
import { readRun } from '../../src/server/runs/run-folder';
import { cli } from '../support/cli';
import { TINY_BASE, temporaryFolder, tinyData, tinyRows } from '../support/tiny-run';

const OWN = ['--epochs', '2', '--batch-size', '8', '--learning-rate', '1e-3', '--max-length', '16', '--seed', '7'];
const CASES: { name: string; data: (folder: string) => string; args: string[] }[] = [
  {
    name: 'adapters and a loss of its own',
    data: tinyData,
    args: ['--train', 'lora', '--lora-rank', '2', '--lora-targets', 'query,value', '--loss', 'focal', '--head', 'mean'],
  },
  {
    name: 'several labels a row',
    data(folder) {
      const file = join(folder, 'sets.tsv');
      const rows = tinyRows(40).map(({ label, text }, i) => `${i % 3 === 0 ? `${label};odd` : label}\t${text}\n`);
      writeFileSync(file, `label\ttext\n${rows.join('')}`);
      return file;
    },
    args: ['--task', 'multi-label', '--label-delimiter', ';', '--patience', '3'],
  },
];

for (const { name, data, args } of CASES) {
  test(`a run with ${name} is done once more`, async (t) => {
    const folder = temporaryFolder(t);
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    const begun = await cli(['train', data(folder), '--base', TINY_BASE, '--output', first, ...OWN, ...args, '--json']);
    assert.equal(begun.code, 0, begun.stderr);
    const record = await readRun(first);
    const repeated = await cli([...repeatArguments(record, { base: TINY_BASE, output: second }), '--json']);
    assert.equal(repeated.code, 0, repeated.stderr);
    const again = await readRun(second);
    for (const part of ['arguments', 'seed', 'columns', 'multiLabel', 'split', 'labels'] as const)
      assert.deepEqual(again[part], record[part], part);
    const scores = ({ stdout }: { stdout: string }) => {
      const {
        eval_accuracy: accuracy,
        eval_loss: loss,
        global_step: step,
      } = JSON.parse(stdout) as Record<string, number>;
      return { accuracy, loss, step };
    };
    assert.deepEqual(scores(repeated), scores(begun));
  });
}
