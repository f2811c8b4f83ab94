/**
 * The stopwatch: rows of the sample are labelled by keyboard in the real workbench, Enter where the suggestion is right, the label's key where it is
 * not; then everything is undone. ROWLIGHT_LONG=1 labels 200 rows, else it is 25. Prints keys a row, seconds a row and errors.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { clickText, editorFocused, editorKeys, hintsWhen } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { shown, shownWhen } from './support/labelling';
import { palette } from './support/ui';
import { until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const ROWS = process.env['ROWLIGHT_LONG'] ? 200 : 25;
const skip =
  workbenchMissing() || (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build');

const sample = (name: string): string => readFileSync(join(root, 'samples/police-desk', name), 'utf8');
const labelOf = (line: string | undefined): string => line?.split('\t')[0] ?? '';

describe('the stopwatch', { skip }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({ copyOf: 'samples/police-desk' });
  });
  after(() => workbench.stop());

  test(
    `${ROWS} rows by keyboard, at most 1.3 keys a row, undone to the last byte`,
    { timeout: 20 * 60_000 },
    async (t) => {
      const { page, workspace } = workbench;
      const original = sample('train.tsv');
      const truth = sample('train.answers.tsv').split('\n');
      const { labels } = JSON.parse(sample('labels.json')) as { labels: { name: string; key: string }[] };
      const keyOf = new Map(labels.map(({ name, key }) => [name, key]));
      const onDisk = (): string => readFileSync(join(workspace, 'train.tsv'), 'utf8');
      await workbench.open('train.tsv');
      await hintsWhen(page, (hints) => hints.length >= 15, 60_000);
      await clickText(page, '国外出生的宝宝');
      await palette(page, 'Rowlight: Start Labelling Mode');
      const first = original
        .split('\n')
        .slice(1)
        .filter((line) => labelOf(line) !== '').length;
      let state = await shownWhen(page, first, 2, 60_000);

      await editorFocused(page);
      let keys = 0;
      const wrong: string[] = [];
      const start = performance.now();
      for (let done = 0; done < ROWS; done++) {
        const answer = labelOf(truth[state.line - 1]);
        if (state.best !== answer) wrong.push(`${state.line}: ${state.best ?? '?'} for ${answer}`);
        await page.keyboard.press(state.best === answer ? 'Enter' : (keyOf.get(answer) ?? '?'));
        keys++;
        state = await shownWhen(page, first + done + 1, state.line);
        if (done === 4) await workbench.screenshot('stopwatch');
      }
      const seconds = (performance.now() - start) / 1000;
      await page.keyboard.press('Control+s');
      const before = original.split('\n');
      const changedIn = (text: string): number[] =>
        text.split('\n').flatMap((line, at) => (line === before[at] ? [] : [at]));
      // The browser's workbench saves by itself now and then: what is read may be a former state.
      const labelled = await until(
        'the labelled file on disk',
        () => Promise.resolve(onDisk()),
        (text) => text.split('\n').length === before.length && changedIn(text).length >= ROWS,
      );
      const changed = changedIn(labelled);
      const errors = changed.filter((at) => labelled.split('\n')[at] !== truth[at]);
      const each = (value: number): string => (value / ROWS).toFixed(2);
      t.diagnostic(`${ROWS} rows: ${each(keys)} keys a row, ${each(seconds)} s a row, ${errors.length} errors`);
      t.diagnostic(`suggestions: ${ROWS - wrong.length} of ${ROWS} right`);
      assert.equal(changed.length, ROWS);
      assert.deepEqual(errors, []);
      assert.ok(keys / ROWS <= 1.3);

      for (let undone = 0; undone < ROWS; undone++) await page.keyboard.press('Control+z');
      await until(
        'everything undone',
        () => shown(page),
        (now) => now?.labelled === first,
        120_000,
      );
      await page.keyboard.press('Control+s');
      await until(
        'the file as it was',
        () => Promise.resolve(onDisk()),
        (text) => text === original,
      );
      await editorKeys(page, 'Escape');
      await until(
        'the end of the mode',
        () => shown(page),
        (now) => now === undefined,
      );
      assert.deepEqual(workbench.complaints(), []);
    },
  );
});
