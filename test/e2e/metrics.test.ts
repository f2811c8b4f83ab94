/** The metrics page in the real workbench: figures of a real run, from a cell to its rows, a sentence tried, a reload, a report. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { JudgedRow } from '../../src/server/runs/predictions';
import { readPredictions } from '../../src/server/runs/predictions';
import { scorePredictions } from '../../src/server/training/metrics';
import { cli } from '../support/cli';
import { test } from './support/case';
import { lineWith } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { choose, palette } from './support/ui';
import { TRY_MS, until } from './support/wait';
import { webview } from './support/webview';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() || (!existsSync(join(root, 'dist/media/metrics.js')) && 'the page is not built: npm run build');

const RUN = 'trained-here';

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

describe('the metrics page', { skip }, () => {
  let workbench: Workbench;
  let folder: string;
  let judged: JudgedRow[];

  before(async () => {
    const lines = readFileSync(join(root, 'samples/police-desk/train.tsv'), 'utf8').split('\n');
    workbench = await startWorkbench({ files: { 'train.tsv': `${lines.slice(0, 240).join('\n')}\n` } });
    folder = join(workbench.workspace, '.rowlight', 'runs', RUN);
    const data = join(workbench.workspace, 'train.tsv');
    const numbers = ['--epochs', '3', '--learning-rate', '5e-4', '--max-length', '32', '--batch-size', '16'];
    const trained = await cli(['train', data, '--output', folder, ...numbers]);
    assert.equal(trained.code, 0, trained.stderr);
    judged = await readPredictions(folder);
  });
  after(() => workbench.stop());

  const scores = () => {
    const labels = [...new Set(judged.flatMap(({ label, prediction }) => [label, prediction]))];
    const ids = (of: (row: JudgedRow) => string) => judged.map((row) => labels.indexOf(of(row)));
    return scorePredictions(
      ids(({ label }) => label),
      ids(({ prediction }) => prediction),
      labels,
    );
  };

  /** Waits until the page shows the accuracy and macro F1 of the run. */
  async function shownScores(): Promise<void> {
    const { accuracy, macroF1 } = scores();
    const expected = [percent(accuracy), percent(macroF1)].join();
    await until(
      `the scores ${expected}`,
      () => webview(workbench.page).locator('.tile strong').allInnerTexts(),
      (seen) => seen.length === 4 && seen.slice(0, 2).join() === expected,
      60_000,
    );
  }

  /** The rows that the page lists for a cell: it names the cell and their number above them. */
  async function listed(): Promise<JudgedRow[]> {
    const content = webview(workbench.page);
    const { heading } = await until(
      'the rows of a cell',
      async () => ({
        heading: (await content.locator('.found h3').allInnerTexts()).join(),
        count: await content.locator('.found tbody tr').count(),
      }),
      ({ heading, count }) => count > 0 && Number(/: (\d+) rows?$/.exec(heading)?.[1]) === count,
    );
    const [, label, prediction, count] = /^(.*) → (.*): (\d+) rows?$/.exec(heading) ?? [];
    const own = judged.filter((row) => row.label === label && row.prediction === prediction);
    assert.equal(own.length, Number(count));
    return own;
  }

  /** Loads the page anew, with the metrics of the run as the only tab. */
  async function showMetrics(): Promise<void> {
    const { page } = workbench;
    await workbench.openFolder();
    await palette(page, 'View: Close All Editors');
    await choose(page, 'Rowlight: Show Metrics', 'train.tsv');
  }

  test('its figures are those of the run, in the pictures’ tables too', async () => {
    const { page } = workbench;
    await showMetrics();
    const expected = scores();
    await shownScores();
    await workbench.screenshot('metrics');

    const labels = webview(page).locator('.figure.labels');
    await labels.locator('.toggle').click();
    const rows = await until('the table', () => labels.locator('tbody tr').allInnerTexts(), (seen) => seen.length >= expected.perLabel.length); // prettier-ignore
    for (const { label, precision, recall, f1, support } of expected.perLabel) {
      const row = rows.find((text) => text.startsWith(label));
      assert.deepEqual(row?.split(/\s+/).slice(1), [percent(precision), percent(recall), percent(f1), String(support)]);
    }
    const verdict = () => webview(page).locator('.verdict').innerText();
    await until('the verdict', verdict, (seen) => /^BERT (is not better|is worse|[+−±]\d)/.test(seen));
  });

  test('after a reload of the window the page is as it was; a cell of the picture leads to its rows too', async () => {
    const { page } = workbench;
    // Of the case before: its state is what the run folder says.
    const loaded = page.waitForEvent('load');
    await palette(page, 'Developer: Reload Window');
    // Until then the page before is still there to be read.
    await loaded;
    await shownScores();
    const content = webview(page);
    const picture = content.locator('.figure.confusion canvas').first();
    await picture.scrollIntoViewIfNeeded();
    const found = content.locator('.found tbody tr');
    // The cells are drawn, not elements: along the diagonal, from the lower right corner on, one is hit.
    const box = await picture.boundingBox();
    assert.ok(box);
    for (let step = 1; step < 12 && (await found.count()) === 0; step++) {
      await picture.click({ position: { x: box.width - 46 * step, y: box.height - 37 * step + 10 } });
      await until('rows, or none', () => found.count(), (count) => count > 0, TRY_MS).catch(() => undefined); // prettier-ignore
    }
    await listed();
    await lineWith(page, (await content.locator('.found .text').first().innerText()).slice(0, 12));
    await workbench.screenshot('metrics-picture');
  });

  test('a cell of the matrix lists its rows and shows the first in the editor, after edits too; a row is a click away', async () => {
    const { page } = workbench;
    const data = join(workbench.workspace, 'train.tsv');
    const text = readFileSync(data, 'utf8');
    const [header = '', ...others] = text.split('\n');
    writeFileSync(data, [header, '道路交通\t这一行是后来加上的', ...others].join('\n'));
    await showMetrics();
    await shownScores();
    const content = webview(page);
    await until(
      'the notice that the data has changed',
      () => content.locator('.notice').allInnerTexts(),
      (seen) => seen.some((one) => one.startsWith('The data has changed since the run.')),
    );
    const confusion = content.locator('.figure.confusion');
    await confusion.locator('.toggle').click();
    const button = confusion.locator('td.wrong button').first();
    const name = (await button.getAttribute('aria-label')) ?? '';
    await button.click();
    await until('the heading', () => content.locator('.found h3').allInnerTexts(), (seen) => seen.join() === name); // prettier-ignore
    const [own] = await listed();
    const shown = await content.locator('.found .text').first().innerText();
    const line = readFileSync(data, 'utf8').split('\n').findIndex((one) => one === `${own?.label}\t${shown}`); // prettier-ignore
    assert.ok(line > 0, `${own?.label} ${shown}`);
    const first = () => content.locator('.found tbody tr').first().innerText();
    await until(`line ${line + 1}`, first, (text) => text.split(/\s+/)[0] === String(line + 1));
    await lineWith(page, shown.slice(0, 12));
    await workbench.screenshot('metrics-rows');

    await content.locator('.mistakes .text button').first().click();
    await lineWith(page, (await content.locator('.mistakes .text').first().innerText()).slice(0, 12));
    writeFileSync(data, text);
  });

  test('a sentence is predicted by the run’s model', async () => {
    const { page } = workbench;
    await showMetrics();
    await shownScores();
    const content = webview(page);
    await content.locator('.try textarea').first().fill('身份证丢了怎么补办');
    await content.locator('.try .primary').click();
    const answer = await until(
      'an answer',
      () => content.locator('.answer li').allInnerTexts(),
      (seen) => seen.length === 5,
      60_000,
    );
    const shares = answer.map((line) => Number(/([\d.]+)%$/.exec(line)?.[1]));
    assert.ok(shares.every((share, at) => at === 0 || share <= shares[at - 1]!));
    assert.ok(shares.reduce((sum, share) => sum + share, 0) <= 100.3);
    const labels = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { labels: string[] };
    for (const line of answer) assert.ok(labels.labels.includes(line.split(/\s/)[0] ?? ''), line);
  });
});
