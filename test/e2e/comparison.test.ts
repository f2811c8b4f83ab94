/** Runs compared in the real workbench: figures of real runs, and from a row that they predict differently to the editor. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { RunComparison } from '../../src/protocol/comparison';
import { readRun } from '../../src/server/runs/run-folder';
import { cli } from '../support/cli';
import { test } from './support/case';
import { hintsWhen, lineWith } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import type { FrameLocator } from './support/playwright';
import { palette, pick } from './support/ui';
import { again, until } from './support/wait';
import { webview } from './support/webview';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() || (!existsSync(join(root, 'dist/media/comparison.js')) && 'the page is not built: npm run build');

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

describe('the comparison of runs', { skip }, () => {
  let workbench: Workbench;
  let expected: RunComparison;
  const folder = (name: string): string => join(workbench.workspace, '.rowlight', 'runs', name);

  before(async () => {
    const lines = readFileSync(join(root, 'samples/police-desk/train.tsv'), 'utf8').split('\n');
    workbench = await startWorkbench({ files: { 'train.tsv': '' } });
    const data = join(workbench.workspace, 'train.tsv');
    const train = async (name: string, rows: number, epochs: string): Promise<void> => {
      writeFileSync(data, `${lines.slice(0, rows).join('\n')}\n`);
      const numbers = ['--learning-rate', '5e-4', '--max-length', '32', '--batch-size', '16', '--epochs', epochs];
      const trained = await cli(['train', data, '--output', folder(name), ...numbers]);
      assert.equal(trained.code, 0, trained.stderr);
    };
    await train('few', 100, '1');
    await train('short', 240, '1');
    await train('long', 240, '4');
    expected = JSON.parse((await cli(['compare', folder('short'), folder('long'), '--json'])).stdout) as RunComparison;
    assert.ok(expected.flips > 0, 'runs this different predict some rows differently');
  });
  after(() => workbench.stop());

  async function compare(): Promise<FrameLocator> {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await hintsWhen(page, (hints) => hints.length >= 5, 90_000);
    await palette(page, 'View: Close All Editors');
    const content = webview(page);
    await again(
      async () => {
        await palette(page, 'Rowlight: Compare Runs…');
        for (const name of ['short', 'long']) await pick(page, (await readRun(folder(name))).id);
        await page.locator('.quick-input-widget:visible .quick-input-filter input').first().press('Enter');
        await content.locator('.flipped tbody tr').first().waitFor();
      },
      () => page.keyboard.press('Escape'),
    );
    return content;
  }

  test('its figures are those of the command line, pictures and tables; a flipped row is a click away', async () => {
    const { page } = workbench;
    const content = await compare();
    // Macro F1, then accuracy.
    const rows = await until('the scores', () => content.locator('.summary .wide tbody tr').allInnerTexts(), (seen) => seen.length === 4); // prettier-ignore
    expected.runs.forEach(({ macroF1, accuracy }, at) => {
      assert.ok(rows[at]?.includes(percent(macroF1.value)), rows[at]);
      assert.ok(rows[2 + at]?.includes(percent(accuracy.value)), rows[2 + at]);
    });
    assert.match(rows[1] ?? '', /(beyond|within) noise/);
    assert.equal(await content.locator('.flipped tbody tr').count(), expected.flipped.length);
    await until('pictures', () => content.locator('figure canvas').count(), (seen) => seen >= 7); // prettier-ignore
    await workbench.screenshot('comparison');

    const first = expected.flipped[0]!;
    const row = content.locator('.flipped tbody tr').first();
    assert.ok((await row.innerText()).includes(first.label));
    await row.locator('button').click();
    await lineWith(page, first.text!.slice(0, 12));
    await workbench.screenshot('comparison-row');
    await page.keyboard.press('Escape');
  });

  test('curves, reliability and the learning curve have tables; another theme has its own colours', async () => {
    const { page } = workbench;
    const content = await compare();
    await palette(page, 'Preferences: Toggle between Light/Dark Themes');
    // The pictures are drawn anew for it.
    await content.locator('body.vscode-dark').waitFor({ state: 'attached' });
    await content.locator('.learning .toggle').click();
    const sizes = expected.learning.map(({ rows }) => rows).join();
    await until(
      `the sizes ${sizes}`,
      () => content.locator('.learning tbody tr').allInnerTexts(),
      (points) => points.map((line) => Number(line.split(/\s/)[0])).join() === sizes,
    );
    assert.equal(new Set(expected.learning.map(({ rows }) => rows)).size, 2, 'few and many rows');
    await workbench.screenshot('comparison-learning-dark');
    await content.locator('.probabilities .toggle').first().click();
    const [curve] = expected.runs[0]!.probabilities!.curves;
    await until(
      'the areas',
      () => content.locator('.probabilities .behind.shown tbody tr').allInnerTexts(),
      (areas) => areas.some((line) => line.startsWith(curve!.label) && line.includes(curve!.rocAuc.toFixed(4))),
    );
    await content.locator('.probabilities .toggle').first().click();
    await workbench.screenshot('comparison-curves-dark');
    await content.locator('.key button').first().click();
    await webview(page).locator('.tile strong').first().waitFor({ timeout: 60_000 });
    await webview(page).locator('.probabilities h2').hover();
    await workbench.screenshot('metrics-probabilities-dark');
  });
});
