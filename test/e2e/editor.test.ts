/** The main job in the real workbench: open the sample, read the predictions, fine-tune, read those of the new model. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { hintsWhen, hover, lineWith } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { notification, palette, pick, statusItem, typeInput } from './support/ui';
import { until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const FITTED = 'police-desk';
const skip =
  workbenchMissing() ||
  (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build') ||
  (!existsSync(join(root, 'models', FITTED)) && `models/${FITTED} is not there`);

/** A hint as the user reads it: a label and per cent, an agreement, or a disagreement. */
const HINT = /^(· |→ )?.*\d%$/;

describe('the editor', { skip }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({ copyOf: 'samples/police-desk' });
  });
  after(() => workbench.stop());

  test('the sample opens with a prediction beside each row, and a hover shows all probabilities', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    const shown = await hintsWhen(page, (hints) => hints.length >= 15, 60_000);
    for (const hint of shown) assert.match(hint, HINT);
    assert.match(await statusItem(page, new RegExp(FITTED)), new RegExp(FITTED));
    await workbench.screenshot('editor-hints');

    const [line = ''] = (await lineWith(page, '%')).split('%').slice(1);
    const content = await hover(page, line.trim().slice(0, 6));
    assert.match(content, /█/);
    assert.match(content, /\d%/);
    assert.match(content, /\[CLS\]/);
    assert.match(content, new RegExp(`Model: ${FITTED}`));
    await workbench.screenshot('editor-hover');
  });

  test('Fine-tune asks once, shows its progress, finishes, and the predictions are those of the new model', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    const former = await hintsWhen(page, (hints) => hints.length >= 15, 60_000);
    await palette(page, 'Rowlight: Fine-tune');
    await pick(page, 'Advanced…');
    for (const [step, value] of ['1', '5e-4', '32', '32'].entries()) {
      // The same box asks all four questions: its title says when it is the next one's turn.
      await page.locator('.quick-input-title:visible', { hasText: `(${step + 1} of 4)` }).waitFor();
      await typeInput(page, value);
    }
    await page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'epochs 1, learning rate 0.0005, length 32' })
      .first()
      .waitFor();
    await until(
      'the form to be drawn',
      () => page.evaluate(`document.getAnimations().every(({ playState }) => playState !== 'running')`),
      (still) => still === true,
    );
    await workbench.screenshot('editor-fine-tune-form');
    await pick(page, 'Start');
    await notification(page, /step \d+ of \d+ · loss \d/, 120_000);
    await workbench.screenshot('editor-fine-tune-progress');
    const message = await notification(page, /^Fine-tuned on/, 300_000);
    assert.match(message, /^Fine-tuned on train\.tsv: accuracy \d+\.\d%, macro F1 \d+\.\d% on held-out rows\./);
    // A run's name begins with its date.
    const model = await statusItem(page, /^\d{4}-\d\d-\d\d-\d{6}-[0-9a-f]{4}$/, 60_000);
    const shown = await hintsWhen(page, (hints) => hints.length >= 15 && hints.join() !== former.join(), 60_000);
    for (const hint of shown) assert.match(hint, HINT);
    const [line = ''] = (await lineWith(page, '%')).split('%').slice(1);
    assert.ok((await hover(page, line.trim().slice(0, 6))).includes(`Model: ${model}`));
    await workbench.screenshot('editor-new-model');
    assert.deepEqual(
      workbench.consoleErrors.filter((error) => /rowlight/i.test(error)),
      [],
    );
  });
});
