/** A cross-validation in the real workbench: the form, progress over all folds, the tree with the folds beneath, scores and rows at the end. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { root, workbenchMissing } from './support/installed';
import { fillNumbers } from './support/run-form';
import { showRuns } from './support/runs-view';
import { ask, notification, pick, pressNotification, quickInputRows, statusItem, typeInput } from './support/ui';
import { actUntil, TRY_MS, until } from './support/wait';
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
    await showRuns(page);
    await ask(page, 'Rowlight: Cross-Validate', (rows) => rows.some((row) => /Folds…[^]*5/.test(row)));
    await pick(page, 'Folds…');
    await page.locator('.quick-input-title:visible', { hasText: 'Folds' }).waitFor();
    await typeInput(page, '2');
    await formSays(/Folds….*2/);
    await fillNumbers(page, ['4', '5e-4', '16', '8']);
    const rows = await formSays(/rowlight crossval .*--epochs 4 .*--folds 2 --stratified/);
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
    await actUntil(
      'the folds beneath',
      async () => {
        await line.click({ timeout: TRY_MS });
        await page.keyboard.press('ArrowRight');
      },
      () => page.locator('.sidebar .pane .monaco-list-row', { hasText: 'fold-2' }).count(),
      (count) => count > 0,
    );
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
    const [id = ''] = readdirSync(runs).filter((name) => /^\d{4}-/.test(name));
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
