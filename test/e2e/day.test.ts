/**
 * A person's day in the real workbench, in order, each case going on from the one before: a file of texts without any label, labels by keyboard,
 * a model of one's own over a reload of the window, its metrics, the rows behind a figure, a label put right, a report.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { clickText, hintsWhen, lineWith } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { labelRow, shown } from './support/labelling';
import { startRun } from './support/run-form';
import { notification, palette, pick, quickInputRows, statusItem, typeInput } from './support/ui';
import { until } from './support/wait';
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
    await page.locator('.editor-actions .codicon-tag').first().click({ timeout: 60_000 });
    await until('the columns', () => quickInputRows(page), (seen) => (seen[0] ?? '').includes('问题')); // prettier-ignore
    await page.keyboard.press('Enter');
    await until('the ways to name classes', () => quickInputRows(page), (seen) => seen.some((row) => row.includes('Type them…'))); // prettier-ignore
    await pick(page, 'Type them…');
    await until('the box to type in', () => quickInputRows(page), (seen) => seen.length === 0); // prettier-ignore
    await typeInput(page, names.join(', '));
    let state = await until('labelling mode', () => shown(page), (now) => now?.total === ROWS && now.labelled === 0); // prettier-ignore
    await lineWith(page, '标签');
    const declared = JSON.parse(readFileSync(join(workspace, 'labels.json'), 'utf8')) as { labels: { key: string }[] };
    assert.deepEqual(declared.labels.map(({ key }) => key), names.map((_, at) => String(at + 1))); // prettier-ignore

    let firstHint: number | undefined;
    for (let done = 0; done < BY_HAND; done++) {
      const { line = 0, best } = state ?? {};
      if (best !== undefined) firstHint ??= done;
      const answer = truth(line);
      await labelRow(page, state, answer, String(names.indexOf(answer) + 1));
      state = await until(
        `${done + 1} labels`,
        () => shown(page),
        (now) => now?.labelled === done + 1 && now.line !== line,
      );
      if (done === 19) await workbench.screenshot('day-labelling');
    }
    t.diagnostic(`the first suggestion came after ${firstHint ?? '–'} labels`);
    assert.ok(firstHint !== undefined && firstHint < BY_HAND);
    await hintsWhen(page, (hints) => hints.filter((hint) => /^≈ .*\d%$/.test(hint)).length >= 15);
    await page.keyboard.press('Escape');
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
    await palette(page, 'Rowlight: Accept Predictions Above…');
    const message = page.locator('.quick-input-widget:visible .quick-input-message');
    await message.waitFor({ timeout: 60_000 });
    await typeInput(page, '0');
    await page.locator('.refactor-preview, .bulk-edit-panel').first().waitFor();
    await page.locator('.monaco-button', { hasText: 'Apply' }).first().click();
    await until(
      'the labels on the disk',
      async () => {
        await palette(page, 'File: Save');
        return onDisk();
      },
      (seen) => seen.every(([label]) => label !== ''),
    );
    await startRun(page, { epochs: 8, batchSize: 16 });
    const step = /Fine-tuning on messages\.tsv: step [1-9]\d* of \d+/;
    await notification(page, step, 120_000);
    await workbench.reload();
    await notification(page, step, 60_000);
    await notification(page, /^Fine-tuned on messages\.tsv: accuracy \d/, 300_000);
    const [run = ''] = runs();
    assert.equal(await statusItem(page, /^\d{4}-\d\d-\d\d-\d{6}-[0-9a-f]{4}$/, 60_000), run);
    await hintsWhen(page, (hints) => hints.length >= 15 && hints.every((hint) => !hint.startsWith('≈')), 60_000);
    await workbench.screenshot('day-trained');
  });

  test('from the metrics a cell leads to its rows, a label is put right there, and the report is one file', async () => {
    const { page, workspace } = workbench;
    await palette(page, 'Rowlight: Show Metrics');
    await pick(page, 'messages.tsv');
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
    assert.match(await lineWith(page, text.slice(0, 10)), new RegExp(`^${label}`));
    await workbench.screenshot('day-metrics');

    const other = names.find((name) => name !== label && name !== prediction) ?? '';
    const relabelled = (ms?: number) => until('the other label', () => lineWith(page, text.slice(0, 10)), (line) => line.startsWith(other), ms); // prettier-ignore
    // A model that just came makes hints move: a click may then meet another line.
    for (let tries = 0; tries < 3; tries++) {
      await clickText(page, text.slice(0, 10));
      await palette(page, 'Rowlight: Set Label…');
      await until('the labels', () => quickInputRows(page), (seen) => seen.some((row) => row.includes(other))); // prettier-ignore
      await pick(page, other);
      if (await relabelled(5000).catch(() => undefined)) break;
    }
    await relabelled();

    await content.locator('button', { hasText: 'Export Report' }).first().click();
    // The dialog proposes a name, and Enter takes it.
    await until(
      'the dialog',
      () => page.locator('.quick-input-widget:visible .quick-input-title').allInnerTexts(),
      (seen) => seen.includes('Export Report'),
    );
    await until('its folder', () => quickInputRows(page), (seen) => seen.includes('..')); // prettier-ignore
    await page.keyboard.press('Enter');
    const told = await notification(page, /^Report written to messages-report-.*\.html\.$/, 60_000);
    const html = readFileSync(join(workspace, told.slice('Report written to '.length, -1)), 'utf8');
    assert.match(html, /^<!DOCTYPE html>/i);
    for (const name of names) assert.ok(html.includes(name), name);
    assert.deepEqual(html.match(/<(link|script|img|iframe)\b|(?<!xmlns=")https?:\/\/(?!www\.w3\.org)/g), null);
    assert.deepEqual(workbench.complaints(), []);
  });
});
