/** Restricted Mode in the real workbench: a workspace that tries to choose a model, before and after the user trusts it. */
import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { hintsWhen } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { palette, quickInputRows, statusItem } from './support/ui';
import { actUntil, again, TRY_MS, until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() || (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build');

/** What the palette offers for a title, without running it. */
async function offered(workbench: Workbench, title: string): Promise<string[]> {
  const { page } = workbench;
  await again(
    async () => {
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget:visible input').first().fill(`>${title}`, { timeout: TRY_MS });
    },
    () => page.keyboard.press('Escape'),
  );
  // The list of what is like the title changes for a moment; where the command itself is missing, what comes near stays.
  let former = '';
  const rows = await until(
    'the palette',
    () => quickInputRows(page),
    (seen) => {
      const now = seen.join('\n');
      const settled = now.startsWith('Rowlight: ') && now === former;
      former = now;
      return settled;
    },
  );
  await page.keyboard.press('Escape');
  return rows.filter((row) => row.includes(title));
}

describe('a workspace that is not trusted', { skip }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({
      copyOf: 'samples/police-desk',
      files: { '.vscode/settings.json': JSON.stringify({ 'rowlight.model': 'evil' }) },
      restricted: true,
    });
    cpSync(join(root, 'models/police-desk'), join(workbench.workspace, 'evil'), { recursive: true });
  });
  after(() => workbench.stop());

  const isOffered = (title: string): Promise<unknown> =>
    until(
      `the command "${title}"`,
      () => offered(workbench, title),
      (rows) => rows.includes(title),
    );

  test('is predicted by the model that came with Rowlight, and not by the one its settings name', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await hintsWhen(page, (hints) => hints.filter((hint) => hint.endsWith('%')).length >= 15, 60_000);
    await statusItem(page, /^police-desk$/);
    await isOffered('Rowlight: Show Log');
    assert.deepEqual(await offered(workbench, 'Rowlight: Fine-tune'), []);
    const rows = await actUntil(
      'the menu',
      () => page.locator('.statusbar-item', { hasText: 'police-desk' }).first().click({ timeout: TRY_MS }),
      () => quickInputRows(page),
      (seen) => seen.some((row) => row.includes('Manage Workspace Trust')),
    );
    assert.ok(!rows.some((row) => row.includes('Fine-tune') || row.includes('Use Model')));
    await workbench.screenshot('trust-restricted');
    await page.keyboard.press('Escape');
  });

  test('is what its settings say once the user trusts it, without a reload', async () => {
    const { page } = workbench;
    await palette(page, 'Workspaces: Manage Workspace Trust');
    const editor = page.locator('.workspace-trust-editor');
    await editor
      .locator('.monaco-button', { hasText: /^Trust/ })
      .first()
      .click();
    await page.locator('.modal-editor-action-container .codicon-close').first().click();
    await editor.waitFor({ state: 'detached' });
    await statusItem(page, /^evil$/, 60_000);
    await hintsWhen(page, (hints) => hints.filter((hint) => hint.endsWith('%')).length >= 15, 60_000);
    await isOffered('Rowlight: Fine-tune');
    await workbench.screenshot('trust-granted');
    assert.deepEqual(workbench.complaints(), []);
  });
});
