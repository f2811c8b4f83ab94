/** A recipe of pre-training: what it says, the command line overrides; the one of the bundled model. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readPretraining } from '../../src/server/runs/pretrain/record';
import { loadModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import { cli } from '../support/cli';
import { writeTexts } from '../support/pretrain-run';
import { temporaryFolder } from '../support/tiny-run';

test('the recipe of the bundled model makes one of its size anew; options given beside it count more', async (t) => {
  const folder = temporaryFolder(t);
  const texts = writeTexts(folder);
  const tests = join(folder, 'test.txt');
  writeFileSync(tests, '');
  const output = join(folder, 'run');
  const own = ['--steps', '1', '--lengths', '16', '--batch-size', '2', '--leave-out', tests];
  const places = ['--output', output, '--cache', join(folder, 'cache')];
  const { code, stderr } = await cli(['pretrain', '--recipe', 'zh-mini', texts, ...own, ...places]);
  assert.equal(code, 0, stderr);
  const { fresh, base, settings } = await readPretraining(output);
  assert.deepEqual([fresh, base], [true, 'zh-mini']);
  const { learningRate, warmup, phases, batchSize, steps } = settings;
  assert.deepEqual([learningRate, warmup, batchSize, steps], [1e-3, 0.03, 2, 1]);
  assert.deepEqual(phases, [{ length: 16, share: 1 }]);
  const { config, rowlight } = await loadModelFolder(nodeFiles, output);
  const bundled = await loadModelFolder(nodeFiles, join('models', 'zh-mini'));
  assert.deepEqual([config.layers, config.hiddenSize, config.vocabSize], [4, 256, bundled.config.vocabSize]);
  // What suits the bundled model in fine-tuning suits the one of its shape.
  assert.ok(bundled.rowlight?.recommended);
  assert.deepEqual(rowlight?.recommended, bundled.rowlight.recommended);
});

test('a recipe that is not there, or says what no recipe may, is one clear line', async (t) => {
  const folder = temporaryFolder(t);
  const texts = writeTexts(folder);
  const missing = await cli(['pretrain', '--recipe', join(folder, 'no.json'), texts]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /no\.json: no such file, and no recipe of pre-training .*: zh-mini/);
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, '{"lengths":"four"}');
  const refused = await cli(['pretrain', '--recipe', broken, texts]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /the recipe's lengths four/);
});
