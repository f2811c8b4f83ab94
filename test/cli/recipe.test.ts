import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { optionsSchema } from '../../src/server/recipes/options';
import { readMetrics } from '../../src/server/runs/metrics';
import { cli } from '../support/cli';
import { killedOnce } from '../support/kill';
import { TINY_BASE, temporaryFolder, tinyData } from '../support/tiny-run';

/** Options of `train` that say where a run works and what it leaves, not how it trains: no recipe has them. */
const OF_THE_COMMAND = [
  ...[
    'dev',
    'base',
    'output',
    'recipe',
    'test',
    'resume',
    'estimate',
    'help',
    'verbose',
    'json',
    'threads',
    'engine',
    'device',
    'device-memory',
  ],
  ...['text-column', 'text-b-column', 'label-column', 'task', 'label-delimiter', 'label-columns'],
];

test('a recipe may say whatever the command line says of training', async () => {
  const { stdout } = await cli(['train', '--help']);
  const options = [...stdout.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, name]) => name!);
  const known = Object.keys(optionsSchema.shape).filter((name) => name !== 'description');
  assert.deepEqual(options.filter((name) => !OF_THE_COMMAND.includes(name)).sort(), known.sort());
  for (const name of ['run_classifier', 'recommended-review', 'few-labels'])
    assert.match(stdout, new RegExp(`^ +${name} `, 'm'));
});

test('run_classifier leaves the files that the original leaves', async (t) => {
  const folder = temporaryFolder(t);
  const unlabelled = join(folder, 'more', 'test.tsv');
  mkdirSync(join(folder, 'more'));
  writeFileSync(unlabelled, 'text\n我证\n你护照\n\n我\n');
  const run = join(folder, 'run');
  const args = ['--recipe', 'run_classifier', '--max-length', '41', '--epochs', '1', '--test', unlabelled];
  const { code, stderr } = await cli(['train', tinyData(folder), '--base', TINY_BASE, '--output', run, ...args]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /max-length 41, batch-size 32, learning-rate 0\.00002, epochs 1/);
  assert.match(
    readFileSync(join(run, 'eval_results.txt'), 'utf8'),
    /^eval_accuracy = [\d.]+\neval_loss = [\d.]+\nglobal_step = 2\nloss = [\d.]+\n$/,
  );
  const rows = readFileSync(join(run, 'test_results.tsv'), 'utf8').trimEnd().split('\n');
  assert.equal(rows.length, 3);
  for (const row of rows) {
    const probabilities = row.split('\t').map(Number);
    assert.equal(probabilities.length, 3);
    assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-9);
  }
});

/** Two stages of some seconds. */
const RECIPE = {
  options: { 'batch-size': 8, 'learning-rate': 1e-3, epochs: 9, head: 'pooled' },
  stages: [{ loss: 'cross-entropy' }, { loss: 'soft-f1', 'learning-rate': 5e-4 }],
};

test('a recipe in a file: its stages follow one another, killed where it may be, and end as the unbroken run', async (t) => {
  const folder = temporaryFolder(t);
  const recipe = join(folder, 'own.recipe.json');
  writeFileSync(recipe, JSON.stringify(RECIPE));
  const train = (run: string) => ['train', tinyData(folder), '--base', TINY_BASE, '--output', run, '--recipe', recipe];
  const whole = join(folder, 'whole');
  const { code, stderr } = await cli([...train(whole), '--json']);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /stage {5}1 of 2[^]*stage {5}2 of 2/);

  const broken = join(folder, 'broken');
  let args = train(broken);
  /** Told by what the run has done: another machine is killed at the same places. */
  const moments = [
    ['stage-1', 10],
    ['stage-1', 40],
    ['', 20],
  ] as const;
  for (const [stage, step] of moments) {
    const due = async () =>
      (await readMetrics(join(broken, stage))).some((line) => line.event === 'step' && line.step >= step);
    await killedOnce(args, () => due().catch(() => false));
    args = ['train', '--resume', broken];
  }
  const last = await cli(args);
  assert.equal(last.code, 0, last.stderr);
  const results = (run: string) => readFileSync(join(run, 'eval_results.txt'), 'utf8');
  assert.equal(results(broken), results(whole));
});

test('a recipe that is none: one clear line', async (t) => {
  const data = tinyData(temporaryFolder(t));
  const { code, stderr } = await cli(['train', data, '--recipe', 'run-classifier']);
  assert.equal(code, 2);
  assert.match(stderr, /^rowlight: --recipe run-classifier: no such file, and .*: run_classifier, recommended-review/m);
});

test('what only the command line can check is refused in one line, too', async (t) => {
  const folder = temporaryFolder(t);
  const recipe = join(folder, 'own.recipe.json');
  writeFileSync(recipe, JSON.stringify({ stages: [{ train: 'lora', 'lora-targets': 'query,values' }] }));
  const { code, stderr } = await cli(['train', tinyData(folder), '--base', TINY_BASE, '--recipe', recipe]);
  assert.equal(code, 2);
  assert.match(stderr, /^rowlight: the recipe's lora-targets query,values: /m);
});

test('the estimate of a recipe is that of all its stages', async (t) => {
  const folder = temporaryFolder(t);
  const recipe = join(folder, 'own.recipe.json');
  writeFileSync(recipe, JSON.stringify(RECIPE));
  const args = ['train', tinyData(folder), '--base', TINY_BASE, '--recipe', recipe, '--estimate', '--json'];
  const { stdout } = await cli(args);
  assert.equal((JSON.parse(stdout) as { total_steps: number }).total_steps, 2 * 9 * 6);
});
