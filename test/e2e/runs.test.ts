/** Runs in the real workbench: the form, progress that is found again after a reload, Cancel, an end after a reload, the tree. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root, workbenchMissing } from './support/installed';
import { notification, palette, pick, pressNotification, quickInputRows, statusItem, typeInput } from './support/ui';
import { until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() ||
  (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build') ||
  (!existsSync(join(root, 'models/zh-mini')) && 'models/zh-mini is not there');

const STEP = /Fine-tuning on train\.tsv: step \d+ of \d+/;

describe('runs', { skip }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({ copyOf: 'samples/police-desk' });
  });
  after(() => workbench.stop());

  const runsFolder = (): string => join(workbench.workspace, '.rowlight', 'runs');
  const runs = (): string[] => (existsSync(runsFolder()) ? readdirSync(runsFolder()) : []).sort();
  const lastEvent = (run: string): unknown => {
    const lines = readFileSync(join(runsFolder(), run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n');
    return (JSON.parse(lines.at(-1)!) as { event: string }).event;
  };
  /** The lines of the runs' tree. */
  const tree = (): Promise<string[]> =>
    workbench.page
      .locator(
        '.sidebar .pane .monaco-list-row[aria-label*="train.tsv"], .sidebar .pane .monaco-list-row[aria-label*="Best"]',
      )
      .allInnerTexts();
  const treeWhen = (pattern: RegExp, timeoutMs?: number): Promise<string[]> =>
    until(
      `the tree to say ${pattern}`,
      tree,
      (lines) => lines.some((line) => pattern.test(line.replaceAll('\n', ' '))),
      timeoutMs,
    );

  async function openForm(): Promise<void> {
    const { page } = workbench;
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget:visible input').first().fill('>Rowlight: Fine-tune');
    const row = page
      .locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'Rowlight: Fine-tune' })
      .first();
    await row.waitFor({ timeout: 8000 });
    await row.click({ timeout: 8000 });
    await page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'Advanced…' })
      .first()
      .waitFor({ timeout: 15_000 });
  }

  /** Opens the form and gives the run so many epochs of small steps. */
  async function start(epochs: string): Promise<void> {
    const { page } = workbench;
    // A webview in the side bar that loads at that moment takes the focus, and with it the palette: then once more.
    await openForm().catch(async () => {
      await workbench.screenshot('runs-palette');
      await page.keyboard.press('Escape');
      await openForm();
    });
    await pick(page, 'Advanced…');
    for (const [step, value] of [epochs, '5e-4', '16', '8'].entries()) {
      await page.locator('.quick-input-title:visible', { hasText: `(${step + 1} of 4)` }).waitFor();
      await typeInput(page, value);
    }
    await page
      .locator('.quick-input-list .monaco-list-row', { hasText: `epochs ${epochs}` })
      .first()
      .waitFor();
    await pick(page, 'Start');
  }

  test('the form shows what the run would take before it starts', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await statusItem(page, /police-desk/, 60_000);
    await palette(page, 'Rowlight: Focus on Runs View');
    await workbench.screenshot('runs-empty');
    await openForm().catch(async () => {
      await page.keyboard.press('Escape');
      await openForm();
    });
    const rows = await until(
      'the estimate',
      () => quickInputRows(page),
      (seen) => seen.some((row) => /about \d+:\d\d for \d+ steps of [\d.]+ s, [\d.]+ GB/.test(row)),
      180_000,
    );
    assert.ok(
      rows.some((row) => row.includes('rowlight train ')),
      rows.join('\n'),
    );
    assert.ok(
      rows.some((row) => /Preset…\s*Recommended/.test(row)),
      rows.join('\n'),
    );
    await workbench.screenshot('runs-form');
    await page.keyboard.press('Escape');
  });

  test('a run goes on while the window reloads, is found again, and ends by Cancel with its checkpoint kept', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await statusItem(page, /police-desk/, 60_000);
    await start('60');
    await notification(page, STEP, 120_000);
    await palette(page, 'Rowlight: Focus on Runs View');
    await treeWhen(/train\.tsv.*step \d+ of \d+/);
    await workbench.screenshot('runs-running');
    await workbench.reload();
    await notification(page, STEP, 60_000);
    await treeWhen(/train\.tsv.*step \d+ of \d+/);
    await workbench.screenshot('runs-after-reload');
    await pressNotification(page, /Fine-tuning on/, 'Cancel');
    await notification(page, /was cancelled; it can be continued/, 60_000);
    const [run = ''] = runs();
    assert.equal(lastEvent(run), 'cancelled');
    const pointers = JSON.parse(readFileSync(join(runsFolder(), run, 'checkpoints.json'), 'utf8')) as { best: string };
    assert.ok(existsSync(join(runsFolder(), run, 'checkpoints', pointers.best, 'model.safetensors')));
    await treeWhen(/cancelled/);
    await workbench.screenshot('runs-cancelled');
  });

  test('a run that ends after a reload says how good it is, and its model predicts', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await statusItem(page, /police-desk/, 60_000);
    await start('2');
    await notification(page, STEP, 120_000);
    await workbench.reload();
    const message = await notification(page, /^Fine-tuned on/, 300_000);
    // The sample's own model learnt from the very file: a comparison would not be fair.
    assert.match(message, /accuracy \d+\.\d%.*can not be compared with police-desk/);
    const run = runs().at(-1)!;
    assert.equal(await statusItem(page, /^\d{4}-\d\d-\d\d-\d{6}-[0-9a-f]{4}$/, 60_000), run);
    await palette(page, 'Rowlight: Focus on Runs View');
    await treeWhen(/%.*F1/);
    await workbench.screenshot('runs-finished');
  });
});
