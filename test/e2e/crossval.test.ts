/** A cross-validation in the real workbench: the form, progress over all folds, the tree with the folds beneath, scores and rows at the end. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { root, workbenchMissing } from './support/installed';
import { notification, palette, pick, pressNotification, quickInputRows, statusItem, typeInput } from './support/ui';
import { until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() ||
  (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build') ||
  (!existsSync(join(root, 'models/zh-mini')) && 'models/zh-mini is not there');

describe('cross-validation', { skip }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({ copyOf: 'samples/police-desk' });
  });
  after(() => workbench.stop());

  /** Waits until a line of the open form matches. */
  const formSays = (pattern: RegExp): Promise<string[]> =>
    until(
      `the form to say ${pattern}`,
      () => quickInputRows(workbench.page),
      (rows) => rows.some((row) => pattern.test(row.replaceAll('\n', ' '))),
    );

  test('two folds are trained, told of while they are, and judged row by row', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await statusItem(page, /police-desk/, 60_000);
    await palette(page, 'Rowlight: Focus on Runs View');
    await palette(page, 'Rowlight: Cross-Validate');
    await formSays(/Folds….*5/);
    await pick(page, 'Folds…');
    await page.locator('.quick-input-title:visible', { hasText: 'Folds' }).waitFor();
    await typeInput(page, '2');
    await formSays(/Folds….*2/);
    await pick(page, 'Advanced…');
    for (const [step, value] of ['2', '5e-4', '16', '8'].entries()) {
      await page.locator('.quick-input-title:visible', { hasText: `(${step + 1} of 4)` }).waitFor();
      await typeInput(page, value);
    }
    const rows = await formSays(/rowlight crossval .*--epochs 2 .*--folds 2 --stratified/);
    assert.ok(rows.some((row) => row.includes('Start')));
    await workbench.screenshot('crossval-form');
    await pick(page, 'Start');

    await notification(page, /Cross-validating train\.tsv, 2 folds: fold \d of 2 · step \d+ of \d+/, 120_000);
    const line = page.locator('.sidebar .pane .monaco-list-row', { hasText: 'train.tsv, 2 folds' }).first();
    await line.waitFor();
    await workbench.screenshot('crossval-running');

    await notification(
      page,
      /Cross-validated train\.tsv, 2 folds: AUC 0\.\d+, macro F1 [\d.]+% over all rows/,
      300_000,
    );
    await line.click();
    await page.keyboard.press('ArrowRight');
    const fold = (number: number) => page.locator('.sidebar .pane .monaco-list-row', { hasText: `fold-${number}` });
    await fold(2).first().waitFor();
    await workbench.screenshot('crossval-finished');

    await pressNotification(page, /Cross-validated/, 'Open Result');
    await page.locator('.tab', { hasText: 'out-of-fold.tsv' }).first().waitFor();
    await until(
      'the page with the scores',
      async () => {
        const frames = page.frames().map((frame) =>
          frame
            .locator('body')
            .innerText()
            .catch(() => ''),
        );
        return (await Promise.all(frames)).join('\n');
      },
      (text) => /naive Bayes/.test(text) && /mean ± sd of the folds/.test(text) && /macro F1/.test(text),
      60_000,
    );
    await workbench.screenshot('crossval-result');

    const runs = join(workbench.workspace, '.rowlight', 'runs');
    const [id = ''] = readdirSync(runs);
    const judged = readFileSync(join(runs, id, 'out-of-fold.tsv'), 'utf8')
      .trimEnd()
      .split('\n');
    const labelled = readFileSync(join(workbench.workspace, 'train.tsv'), 'utf8')
      .split('\n')
      .slice(1)
      .filter((row) => row.split('\t')[0] !== '' && row.includes('\t'));
    assert.equal(judged.length - 1, labelled.length);
  });
});
