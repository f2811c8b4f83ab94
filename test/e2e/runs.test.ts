/** Runs in the real workbench: the form, progress that is found again after a reload, Cancel, a killed process, the tree by keyboard. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { root, workbenchMissing } from './support/installed';
import { startRun } from './support/run-form';
import { showRuns } from './support/runs-view';
import {
  ask,
  notification,
  notifications,
  pressNotification,
  pressOnce,
  quickInputRows,
  statusItem,
  typeInput,
} from './support/ui';
import { actUntil, again, TRY_MS, until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() ||
  (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build') ||
  (!existsSync(join(root, 'models/zh-mini')) && 'models/zh-mini is not there');

const STEP = /Fine-tuning on train\.tsv: step \d+ of \d+/;
/** It has made a step, so that there is something to go on from. */
const MOVING = /Fine-tuning on train\.tsv: step [1-9]\d* of \d+ · loss/;
/** Too long for a test to see its end. */
const LONG = { epochs: 500, maxLength: 16, batchSize: 8 };

describe('runs', { skip }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({ copyOf: 'samples/police-desk' });
  });
  after(() => workbench.stop());

  const runsFolder = (): string => join(workbench.workspace, '.rowlight', 'runs');
  /** A run that is just being deleted has another name. */
  const runs = (): string[] =>
    (existsSync(runsFolder()) ? readdirSync(runsFolder()) : []).filter((name) => /^\d{4}-/.test(name)).sort();
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

  /** Presses Cancel on the progress, until it is heard: that is drawn anew at every step, so that a click may meet a button that is just going. */
  const cancel = (): Promise<unknown> =>
    actUntil(
      'the end of the run',
      () => pressOnce(workbench.page, /Fine-tuning on/, 'Cancel'),
      () => notifications(workbench.page),
      (texts) => texts.some((text) => /was cancelled; it can be continued/.test(text)),
    );

  /** Kills the trainer of a run as a crash would: its lock names the process. */
  function killTrainer(run: string): void {
    const lock = readdirSync(join(runsFolder(), run)).find((name) => name.startsWith('.lock-')) ?? '';
    process.kill(Number(/^\.lock-(\d+)-/.exec(lock)?.[1]), 'SIGKILL');
  }

  test('the form shows what the run would take before it starts', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await statusItem(page, /police-desk/, 60_000);
    await showRuns(page);
    await workbench.screenshot('runs-empty');
    await ask(page, 'Rowlight: Fine-tune', (seen) => seen.some((row) => row.includes('rowlight train ')));
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
    await startRun(page, LONG);
    await notification(page, STEP, 120_000);
    await showRuns(page);
    await treeWhen(/train\.tsv.*step \d+ of \d+/);
    await workbench.screenshot('runs-running');
    await workbench.reload();
    await notification(page, STEP, 60_000);
    await treeWhen(/train\.tsv.*step \d+ of \d+/);
    await workbench.screenshot('runs-after-reload');
    await cancel();
    const [run = ''] = runs();
    assert.equal(lastEvent(run), 'cancelled');
    const pointers = JSON.parse(readFileSync(join(runsFolder(), run, 'checkpoints.json'), 'utf8')) as { best: string };
    assert.ok(existsSync(join(runsFolder(), run, 'checkpoints', pointers.best, 'model.safetensors')));
    await treeWhen(/cancelled/);
    await workbench.screenshot('runs-cancelled');
  });

  test('a run whose process was killed goes on when it is told to; by keyboard it gets a name and is deleted', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await statusItem(page, /police-desk/, 60_000);
    await showRuns(page);
    await startRun(page, LONG);
    await notification(page, MOVING, 120_000);
    const run = runs().at(-1)!;
    killTrainer(run);
    await treeWhen(/interrupted/, 60_000);
    await workbench.screenshot('runs-interrupted');
    await pressNotification(page, /was interrupted: its process is gone/, 'Continue');
    await notification(page, MOVING, 120_000);
    await cancel();
    assert.equal(lastEvent(run), 'cancelled');

    const row = (text: RegExp) => page.locator('.sidebar .pane .monaco-list-row', { hasText: text }).first();
    // The newest stands first on the screen, wherever it is in the page.
    const newest = page.locator('.sidebar .pane .monaco-list-row[data-index="0"]', { hasText: 'train.tsv' }).first();
    await again(
      async () => {
        await newest.click({ timeout: TRY_MS });
        await page.keyboard.press('F2');
        await page.locator('.quick-input-title:visible', { hasText: 'Rename Run' }).waitFor({ timeout: TRY_MS });
        await typeInput(page, 'the second try');
      },
      () => page.keyboard.press('Escape'),
    );
    await row(/the second try.*cancelled/).waitFor();
    await workbench.screenshot('runs-renamed');
    const dialog = page.locator('.monaco-dialog-box');
    await actUntil(
      'the question',
      async () => {
        await row(/the second try/).click({ timeout: TRY_MS });
        await page.keyboard.press('Delete');
      },
      () => dialog.allInnerTexts(),
      (texts) => /Delete the run "the second try" with its model\?/.test(texts.join()),
    );
    await dialog.locator('.monaco-button', { hasText: 'Delete' }).first().click();
    await row(/the second try/).waitFor({ state: 'detached' });
    await until(
      'the folder to be gone',
      () => Promise.resolve(runs()),
      (names) => !names.includes(run),
    );
    assert.equal(runs().length, 1, 'the other run stays');
  });
});
