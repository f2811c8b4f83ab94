/** What an adaptation is started with, and what its form calls it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AdaptationPlan, adaptationArguments } from '../../src/protocol/adapt';
import { cli } from '../support/cli';

const numbers = { epochs: 20, learningRate: 3e-4, maxLength: 128, batchSize: 8, heldOut: 0.1 };
const plan: AdaptationPlan = {
  data: '/d/train.tsv',
  base: '/m',
  baseName: 'm',
  output: '/d/.rowlight/pretraining/r',
  cache: '/d/.rowlight/corpora',
  textColumn: '问题',
  labelColumn: '场景',
  texts: { all: 10, unlabelled: 4 },
  testSets: ['/d/dev.tsv'],
  recommended: {
    all: { rows: 'all', leaveOut: [], ...numbers },
    unlabelled: { rows: 'unlabelled', leaveOut: ['/d/dev.tsv'], ...numbers },
  },
};

test('the rows without a label need the column of labels; test sets stand at the end', () => {
  const { all, unlabelled } = plan.recommended;
  const common = ['pretrain', '/d/train.tsv', '--base', '/m', '--output', plan.output, '--cache', plan.cache];
  const sizes = ['--epochs', '20', '--learning-rate', '0.0003', '--lengths', '128', '--batch-size', '8'];
  const text = ['--text-column', '问题'];
  assert.deepEqual(adaptationArguments(plan, all), [...common, ...text, ...sizes, '--held-out', '0.1']);
  assert.deepEqual(adaptationArguments(plan, unlabelled), [
    ...common,
    ...text,
    ...['--rows', 'unlabelled', '--label-column', '场景'],
    ...sizes,
    ...['--held-out', '0.1', '--leave-out', '/d/dev.tsv'],
  ]);
});

test('the command line knows all these words', async () => {
  const missing = { ...plan, data: join('no', 'such.tsv') };
  const args = [...adaptationArguments(missing, plan.recommended.unlabelled), '--estimate', '--json'];
  const { code, stderr } = await cli(args);
  // It came as far as the file.
  assert.equal(code, 1, stderr);
  assert.match(stderr, /such\.tsv/);
});
