/**
 * A person's day in the real workbench, in order, each case going on from the one before: a file of texts without any label, labels by keyboard,
 * a model of one's own over a reload of the window, its metrics, the rows behind a figure, a label put right, a report.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { clickText, editorFocused, editorKeys, hintsWhen, lineWith } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { applyPreview, previewAbove, shown } from './support/labelling';
import { startRun } from './support/run-form';
import {
  choose,
  notification,
  notifications,
  palette,
  pick,
  quickInputRows,
  statusItem,
  typeInput,
} from './support/ui';
import { actUntil, again, TRY_MS, until } from './support/wait';
import { webview } from './support/webview';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() ||
  (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build') ||
  (!existsSync(join(root, 'models/zh-mini')) && 'models/zh-mini is not there');

const ROWS = 240;
const BY_HAND = 40;

const sample = (name: string): string => readFileSync(join(root, 'samples/police-desk', name), 'utf8');
const rows = sample('train.answers.tsv').split('\n').slice(1, ROWS + 1).map((line) => line.split('\t')); // prettier-ignore
/** The right label of a line of the editor, from 1; the first is the header. */
const truth = (line: number): string => rows[line - 2]?.[0] ?? '';
const messages = ['编号\t问题', ...rows.map(([, text = ''], at) => `${at + 1}\t${text}`), ''].join('\n');
const { labels } = JSON.parse(sample('labels.json')) as { labels: { name: string }[] };
const names = labels.map(({ name }) => name);

describe('a day', { skip }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({ files: { 'messages.tsv': messages } });
  });
  after(() => workbench.stop());

  const onDisk = (): string[][] =>
    readFileSync(join(workbench.workspace, 'messages.tsv'), 'utf8')
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split('\t'));
  const runsFolder = (): string => join(workbench.workspace, '.rowlight', 'runs');
  const runs = (): string[] => readdirSync(runsFolder()).filter((name) => /^\d{4}-/.test(name));

  test('a file without labels is made ready from its title bar and labelled by keyboard; hints come while that goes on', async (t) => {
    const { page, workspace } = workbench;
    await workbench.open('messages.tsv');
    await page.locator('.editor-actions .codicon-tag').first().waitFor({ timeout: 60_000 });
    await again(
      async () => {
        await page.locator('.editor-actions .codicon-tag').first().click({ timeout: TRY_MS });
        await until('the columns', () => quickInputRows(page), (seen) => (seen[0] ?? '').includes('问题'), TRY_MS); // prettier-ignore
        await pick(page, '问题');
        await pick(page, 'Type them…');
        await typeInput(page, names.join(', '));
      },
      () => page.keyboard.press('Escape'),
    );
    let state = await until('labelling mode', () => shown(page), (now) => now?.total === ROWS && now.labelled === 0); // prettier-ignore
    await lineWith(page, '标签');
    const declared = JSON.parse(readFileSync(join(workspace, 'labels.json'), 'utf8')) as { labels: { key: string }[] };
    assert.deepEqual(declared.labels.map(({ key }) => key), names.map((_, at) => String(at + 1))); // prettier-ignore

    await editorFocused(page);
    let firstHint: number | undefined;
    for (let done = 0; done < BY_HAND; done++) {
      const { line = 0, best } = state ?? {};
      if (best !== undefined) firstHint ??= done;
      // By the label's key: what Enter would give may be another label by the time that it is pressed, since the model learns from each.
      await page.keyboard.press(String(names.indexOf(truth(line)) + 1));
      state = await until(
        `${done + 1} labels`,
        () => shown(page),
        (now) => now?.labelled === done + 1 && now.line !== line,
      );
      if (done === 19) await workbench.screenshot('day-labelling');
    }
    t.diagnostic(`the first suggestion came after ${firstHint ?? '–'} labels`);
    assert.ok(firstHint !== undefined && firstHint < BY_HAND);
    await hintsWhen(page, (hints) => hints.filter((hint) => /^≈ .*\d%$/.test(hint)).length >= 5);
    await editorKeys(page, 'Escape');
    await palette(page, 'File: Save');
    await until(
      'the labels on the disk',
      () => Promise.resolve(onDisk()),
      (seen) => seen.filter(([label]) => label !== '').length === BY_HAND,
    );
    for (const [at, [label, , text]] of onDisk().entries()) {
      assert.equal(text, rows[at]?.[1]);
      if (label !== '') assert.equal(label, truth(at + 2));
    }
  });

  test('what is likely enough is accepted after a preview; a run goes on over a reload, and its model predicts', async () => {
    const { page } = workbench;
    await previewAbove(page, '0');
    const reopened = () => page.locator('.refactor-preview, .bulk-edit-panel').count();
    await applyPreview(page, reopened, (panels) => panels === 0);
    await until(
      'the labels on the disk',
      async () => {
        await palette(page, 'File: Save');
        return onDisk();
      },
      (seen) => seen.every(([label]) => label !== ''),
    );
    await startRun(page, { epochs: 16, batchSize: 16 });
    const step = /Fine-tuning on messages\.tsv: step [1-9]\d* of \d+/;
    await notification(page, step, 120_000);
    await workbench.reload();
    // A fast machine may be at the end by then.
    await notification(page, new RegExp(`${step.source}|^Fine-tuned on messages`), 60_000);
    await notification(page, /^Fine-tuned on messages\.tsv: accuracy \d/, 300_000);
    const [run = ''] = runs();
    assert.equal(await statusItem(page, /^\d{4}-\d\d-\d\d-\d{6}-[0-9a-f]{4}$/, 60_000), run);
    await hintsWhen(page, (hints) => hints.length >= 5 && hints.every((hint) => !hint.startsWith('≈')), 60_000);
    await workbench.screenshot('day-trained');
  });

  test('from the metrics a cell leads to its rows, a label is put right there, and the report is one file', async () => {
    const { page, workspace } = workbench;
    await choose(page, 'Rowlight: Show Metrics', 'messages.tsv');
    const content = webview(page);
    await until('the scores', () => content.locator('.tile strong').allInnerTexts(), (seen) => seen.length === 4, 60_000); // prettier-ignore
    const confusion = content.locator('.figure.confusion');
    await confusion.locator('.toggle').click();
    const cell = confusion.locator('td.wrong button, td.right button').first();
    const [, label = '', prediction = ''] = /^(.*) → (.*): \d+ rows?$/.exec((await cell.getAttribute('aria-label')) ?? '') ?? []; // prettier-ignore
    await cell.click();
    const found = content.locator('.found tbody .text button').first();
    const text = await found.innerText();
    await found.click();
    await lineWith(page, text.slice(0, 10), new RegExp(`^${label}`));
    await workbench.screenshot('day-metrics');

    const other = names.find((name) => name !== label && name !== prediction) ?? '';
    await actUntil(
      'the other label',
      async () => {
        await clickText(page, text.slice(0, 10));
        await choose(page, 'Rowlight: Set Label…', other);
      },
      () => lineWith(page, text.slice(0, 10)),
      (line) => line.startsWith(other),
    );

    await actUntil(
      'the dialog',
      () => content.locator('button', { hasText: 'Export Report' }).first().click({ timeout: TRY_MS }),
      () => page.locator('.quick-input-widget:visible .quick-input-title').allInnerTexts(),
      (seen) => seen.includes('Export Report'),
    );
    await until('its folder', () => quickInputRows(page), (seen) => seen.includes('..')); // prettier-ignore
    // The dialog proposes a name, and Enter takes it.
    const written = /^Report written to messages-report-.*\.html\.$/;
    const seen = await actUntil(
      'the report',
      () =>
        page
          .locator('.quick-input-widget:visible .quick-input-filter input')
          .first()
          .press('Enter', { timeout: TRY_MS }),
      () => notifications(page),
      (texts) => texts.some((one) => written.test(one)),
    );
    const told = seen.find((one) => written.test(one)) ?? '';
    const html = readFileSync(join(workspace, told.slice('Report written to '.length, -1)), 'utf8');
    assert.match(html, /^<!DOCTYPE html>/i);
    for (const name of names) assert.ok(html.includes(name), name);
    assert.deepEqual(html.match(/<(link|script|img|iframe)\b|(?<!xmlns=")https?:\/\/(?!www\.w3\.org)/g), null);
    assert.deepEqual(workbench.complaints(), []);
  });
});
