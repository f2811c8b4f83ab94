/** The main job in the real workbench: open the sample, read the predictions, fine-tune, read those of the new model. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { editorKeys, hintsWhen, hover, lineWith, visibleLines } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { shown, shownWhen } from './support/labelling';
import { fillRunForm } from './support/run-form';
import { choose, notification, pick, quickInputRows, statusItem } from './support/ui';
import { actUntil, again, TRY_MS, until } from './support/wait';
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

  test('the sample opens with a prediction beside each row, and a hover shows all probabilities', async (t) => {
    const { page } = workbench;
    const start = performance.now();
    await workbench.open('train.tsv');
    const read = performance.now();
    await hintsWhen(page, (hints) => hints.length > 0, 60_000);
    const seconds = (from: number): string => ((performance.now() - from) / 1000).toFixed(1);
    t.diagnostic(`first hint, cold: ${seconds(start)} s from the page's load on, ${seconds(read)} s after the text`);
    const hints = await hintsWhen(page, (hints) => hints.length >= 15, 60_000);
    for (const hint of hints) assert.match(hint, HINT);
    assert.match(await statusItem(page, new RegExp(FITTED)), new RegExp(FITTED));
    await workbench.screenshot('editor-hints');

    const [line = ''] = (await lineWith(page, '%')).split('%').slice(1);
    const content = await hover(page, line.trim().slice(0, 6), /Model: /);
    assert.match(content, /█/);
    assert.match(content, /\d%/);
    assert.match(content, /\[CLS\]/);
    assert.match(content, new RegExp(`Model: ${FITTED}`));
    await workbench.screenshot('editor-hover');

    // Another file, none of whose rows was predicted before.
    const second = performance.now();
    await actUntil(
      'the other file',
      () =>
        page.locator('.explorer-viewlet .monaco-list-row', { hasText: 'dev.tsv' }).first().click({ timeout: TRY_MS }),
      () => visibleLines(page),
      (lines) => lines.some((line) => line.includes('身份证上的地址太老了')),
    );
    await hintsWhen(page, (hints) => hints.length > 0, 60_000);
    t.diagnostic(`first hint, warm: ${seconds(second)} s from the click on another file on`);
  });

  test('Fine-tune asks once, shows its progress, finishes, and the predictions are those of the new model', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    const former = await hintsWhen(page, (hints) => hints.length >= 15, 60_000);
    // So many steps that their progress can be seen.
    await fillRunForm(page, { epochs: 2, batchSize: 8 });
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
    // The sample's own model learnt from the very file: a comparison would not be fair.
    assert.match(message, /can not be compared with police-desk/);
    // A run's name begins with its date.
    const model = await statusItem(page, /^\d{4}-\d\d-\d\d-\d{6}-[0-9a-f]{4}$/, 60_000);
    const hints = await hintsWhen(page, (hints) => hints.length >= 15 && hints.join() !== former.join(), 60_000);
    for (const hint of hints) assert.match(hint, HINT);
    const [line = ''] = (await lineWith(page, '%')).split('%').slice(1);
    await hover(page, line.trim().slice(0, 6), new RegExp(`Model: ${model}`));
    await workbench.screenshot('editor-new-model');
    assert.deepEqual(workbench.complaints(), []);
  });

  test('the buttons of the walkthrough do what they say, on the sample where no file is open', async () => {
    const { page } = workbench;
    await workbench.openFolder();
    const step = (title: string) => page.locator('.getting-started-step', { hasText: title }).first();
    /** Opens the walkthrough and a step of it, and presses the step's button if one is named. */
    const press = (title: string, button?: string) =>
      again(async () => {
        await choose(page, 'Welcome: Open Walkthrough...', 'Label and classify texts with Rowlight');
        await step(title).click({ timeout: TRY_MS });
        if (button === undefined) return;
        const buttons = page.locator('.getting-started-step .monaco-button', { hasText: button });
        await buttons.first().click({ timeout: TRY_MS });
      });
    await press('Train a model of your own');
    await workbench.screenshot('editor-walkthrough');
    await press('Label by keyboard', 'Start Labelling');
    await shownWhen(page, 535, 0, 60_000);
    await editorKeys(page, 'Escape');
    await until('the end of the mode', () => shown(page), (now) => now === undefined); // prettier-ignore
    await press('Train a model of your own', 'Fine-tune');
    await until(
      'the form of a run',
      () => quickInputRows(page),
      (rows) => rows.some((row) => row.includes('rowlight train ')),
      60_000,
    );
    await page.keyboard.press('Escape');
  });
});
