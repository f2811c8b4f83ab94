/** A model from files of the user's in the real workbench: added, its labels named, used; and exported for another program. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { root, workbenchMissing } from './support/installed';
import type { Page } from './support/playwright';
import { choose, notification, pick, pressNotification, quickInputRows, statusItem } from './support/ui';
import { actUntil, TRY_MS, until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() || (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build');

const NAMES = ['甲', '乙', '丙', '丁', '戊'];
const ROWS = ['我', '身份证', '你', '护照', '他'].map((text, i) => `${NAMES[i]}\t${text}\n`);

/**
 * Answers the workbench's own file dialog with a folder. It reads the disk before it fills its box and behind every change of it: what is written before
 * it rests may be overwritten by the folder it begins with, and what is pressed may lead into a folder instead of taking it. So until it is gone.
 */
async function chooseFolder(page: Page, button: string, folder: string): Promise<void> {
  const dialog = page.locator('.quick-input-widget:visible');
  const accept = dialog.locator('.monaco-button', { hasText: button });
  const input = dialog.locator('input').first();
  await until('the dialog', () => accept.count(), (count) => count > 0); // prettier-ignore
  /** What the box holds once it and the list below stay as they are. */
  const atRest = async (): Promise<string> => {
    let former = '';
    const look = async () => [await input.inputValue({ timeout: TRY_MS }), ...(await quickInputRows(page))];
    const [value] = await until('the dialog to rest', look, (seen) => {
      const now = seen.join('\n');
      const rests = seen[0] !== '' && now === former;
      former = now;
      return rests;
    }, TRY_MS); // prettier-ignore
    return value!.replace(/\/$/, '');
  };
  const press = async () => {
    if ((await accept.count()) === 0) return;
    if ((await atRest()) !== folder) await input.fill(`${folder}/`, { timeout: TRY_MS });
    if ((await atRest()) === folder) await accept.first().click({ timeout: TRY_MS });
  };
  await actUntil('the dialog to be gone', press, () => accept.count(), (count) => count === 0); // prettier-ignore
}

describe('a model from files', { skip }, () => {
  let workbench: Workbench;
  let models: string;
  before(async () => {
    models = mkdtempSync(join(tmpdir(), 'rowlight-e2e-models-'));
    workbench = await startWorkbench({
      files: { 'five.tsv': `label\ttext\n${ROWS.join('')}\t证\n` },
      settings: { 'files.simpleDialog.enable': true },
      env: { ROWLIGHT_MODELS: models },
    });
    cpSync(join(root, 'test', 'golden', 'import', 'tensorflow'), join(workbench.workspace, 'checkpoint'), {
      recursive: true,
    });
  });
  after(async () => {
    await workbench.stop();
    rmSync(models, { recursive: true, force: true });
  });

  test('is added from a folder, asks for the names of its labels, and predicts', async () => {
    const { page, workspace } = workbench;
    await workbench.open('five.tsv');
    await statusItem(page, /Provisional|No model/, 60_000);
    await choose(page, 'Rowlight: Add Model', 'A folder…');
    await chooseFolder(page, 'Add', join(workspace, 'checkpoint'));
    const offered = (text: string) =>
      until(`"${text}"`, () => quickInputRows(page), (rows) => rows.some((row) => row.includes(text)), 60_000); // prettier-ignore
    await offered('As in five.tsv');
    await workbench.screenshot('add-model-labels');
    await pick(page, 'As in five.tsv');
    await notification(page, /^checkpoint is here, a classifier of 5 labels/, 60_000);
    await workbench.screenshot('add-model-done');
    assert.deepEqual(readdirSync(models), ['checkpoint']);
    const config = JSON.parse(readFileSync(join(models, 'checkpoint', 'config.json'), 'utf8')) as { id2label: object };
    assert.deepEqual(Object.values(config.id2label).sort(), [...NAMES].sort());
    await pressNotification(page, /is here/, 'Use Model');
    await statusItem(page, /^checkpoint/, 60_000);
    assert.deepEqual(workbench.complaints(), []);
  });

  test('is exported into a folder of its own, which is shown', async () => {
    const { page, workspace } = workbench;
    const forms = await actUntil(
      'the forms to export as',
      () => choose(page, 'Rowlight: Export Model', 'checkpoint'),
      () => quickInputRows(page),
      // A list that is being drawn shows some of its rows.
      (rows) => rows.length === 5 && rows.some((row) => row.includes('ONNX, int8')),
    );
    assert.equal(forms.length, 5);
    await workbench.screenshot('export-model-forms');
    await pick(page, 'ONNX, int8');
    await chooseFolder(page, 'Export Here', workspace);
    await notification(page, /^Exported to .*checkpoint-onnx-int8; its README\.md says how to run it\.$/, 60_000);
    await workbench.screenshot('export-model-done');
    const files = readdirSync(join(workspace, 'checkpoint-onnx-int8'));
    for (const file of ['README.md', 'model.onnx', 'vocab.txt']) assert.ok(files.includes(file), file);
    await pressNotification(page, /Exported to/, 'Reveal');
    await page.locator('.explorer-viewlet .monaco-list-row', { hasText: 'model.onnx' }).first().waitFor();
    assert.deepEqual(workbench.complaints(), []);
  });
});
