import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { PRESETS, presetArguments, presetOf } from '../../src/extension/run-form/presets';
import { crossvalArguments } from '../../src/protocol/crossval';
import type { RunPlan } from '../../src/protocol/messages';
import { shellLine, trainArguments } from '../../src/protocol/train-command';

const recommended = { epochs: 4, learningRate: 3e-4, maxLength: 64, batchSize: 32 };

test('presets change the epochs and nothing else, and are recognised by their numbers', () => {
  assert.deepEqual(
    PRESETS.map((preset) => presetArguments(preset, recommended).epochs),
    [4, 1, 8],
  );
  for (const preset of PRESETS) {
    const { epochs, ...rest } = presetArguments(preset, recommended);
    assert.ok(Number.isInteger(epochs));
    assert.deepEqual({ epochs: 4, ...rest }, recommended);
    assert.equal(presetOf({ epochs, ...rest }, recommended), preset);
  }
  assert.equal(presetOf({ ...recommended, batchSize: 8 }, recommended), undefined);
});

test('a run is started by words that the command line knows', () => {
  const plan: RunPlan = {
    data: '/d/train set.tsv',
    base: '/m',
    baseName: 'm',
    output: '/d/.rowlight/runs/r',
    textColumn: 'a',
    textBColumn: 'b',
    labelColumn: 'l',
    otherColumns: ['who'],
    labelled: 2,
    unlabelled: 0,
    labels: 2,
    recommended,
  };
  const line = shellLine(['rowlight', ...trainArguments(plan, recommended)], 'linux');
  assert.equal(
    line,
    "rowlight train '/d/train set.tsv' --base /m --output /d/.rowlight/runs/r --text-column a --label-column l --text-b-column b " +
      '--epochs 4 --learning-rate 0.0003 --max-length 64 --batch-size 32',
  );
  assert.equal(
    shellLine(trainArguments(plan, { recipe: '/d/my own.recipe.json' }).slice(-2), 'linux'),
    "--recipe '/d/my own.recipe.json'",
  );
  const choices = { folds: 3, stratified: false, group: 'who', test: '/d/test.tsv' };
  assert.deepEqual(crossvalArguments(plan, recommended, choices).slice(-6), [
    '--folds',
    '3',
    '--group',
    'who',
    '--test',
    '/d/test.tsv',
  ]);
  assert.equal(presetOf({ recipe: 'few-labels' }, recommended), undefined);
  assert.equal(shellLine(["it's 50%"], 'win32'), "'it''s 50%'");
});

test('a shell reads the very words back', { skip: process.platform === 'win32' && 'needs a POSIX shell' }, () => {
  const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const line = shellLine(['printf', '%s\\0', ...words], 'linux');
      const { stdout } = spawnSync('/bin/sh', ['-c', line], { encoding: 'buffer' });
      assert.deepEqual(stdout.toString('utf8').split('\0').slice(0, -1), words);
    }),
    { numRuns: 40 },
  );
});
