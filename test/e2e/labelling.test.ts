/** Labelling in the real workbench: commands on selections, the preview, completion, what labelling mode holds back, the row card. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { clickText, editorFocused, editorKeys, hintsWhen, lineWith, visibleLines } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { applyPreview, previewAbove, shown, shownWhen } from './support/labelling';
import type { FrameLocator, Page } from './support/playwright';
import { ask, palette, pick, quickInputRows, statusItem } from './support/ui';
import { actUntil, again, TRY_MS, until } from './support/wait';
import { webview } from './support/webview';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() || (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build');

/** A line of the editor without its hints, which stand behind the label as `· 98%` or `→ … 98%`. */
const withoutHints = (line: string): string =>
  line
    .replace(/(→ |· )?[^\s·→]* ?<?[\d.]+%/g, '')
    .replace(/\s+/g, ' ')
    .trim();
const lineOf = async (page: Page, text: string): Promise<string> => withoutHints(await lineWith(page, text));
const lineWhen = (page: Page, text: string, wanted: string): Promise<string> =>
  until(
    `"${wanted}"`,
    () => lineOf(page, text),
    (line) => line === wanted,
  );

const BACKUP = '消防备案抽查被抽中';
const BACKUP_LINE = '消防备案抽查被抽中，图纸丢了怎么办';
const DRIVING = '外籍员工要在这里开车';

describe('labelling', { skip }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({ copyOf: 'samples/police-desk' });
  });
  after(() => workbench.stop());

  /** Opens a copy of the sample of its own: the browser's workbench saves by itself, and a case must not find what another one left. */
  async function openSample(name: string): Promise<Page> {
    copyFileSync(join(root, 'samples/police-desk/train.tsv'), join(workbench.workspace, `${name}.tsv`));
    await workbench.open(`${name}.tsv`);
    await hintsWhen(workbench.page, (hints) => hints.length >= 15, 60_000);
    return workbench.page;
  }

  /** Opens the row card on the row about driving and waits until it shows what is predicted. */
  async function showCard(page: Page): Promise<{ card: FrameLocator; text: (selector: string) => Promise<string> }> {
    await clickText(page, DRIVING);
    await palette(page, 'View: Show Rowlight');
    const card = webview(page);
    const text = (selector: string): Promise<string> => card.locator(selector).first().innerText();
    await until(
      'the row with its probabilities',
      async () => ({ text: await text('.text'), percent: await text('.choice .percent') }),
      (seen) => seen.text.startsWith(DRIVING) && seen.percent.includes('%'),
      60_000,
    );
    return { card, text };
  }

  /** Presses Start Labelling on the card. */
  const startFrom = (card: FrameLocator): Promise<unknown> =>
    actUntil(
      'labelling mode',
      () => card.locator('.start').first().click({ timeout: TRY_MS }),
      () => shown(workbench.page),
      (now) => now !== undefined,
    );

  test('Set Label offers the labels by probability with guidelines; Accept and Clear work on the selection; each is one undo', async () => {
    const page = await openSample('commands');
    const driving = await lineOf(page, DRIVING);
    await clickText(page, BACKUP);
    const rows = await ask(page, 'Rowlight: Set Label…', (seen) => seen.some((row) => row.includes('消防管理')));
    assert.match(rows[0] ?? '', /消防管理[\s\S]*9\d%[\s\S]*6[\s\S]*灭火器/);
    await workbench.screenshot('labelling-set-label');
    const search = page.locator('.quick-input-widget:visible .quick-input-filter input').first();
    await search.fill('护照');
    await until(
      'the search in guidelines',
      () => quickInputRows(page),
      (seen) => seen.length === 2 && (seen[0] ?? '').includes('出入境管理'),
    );
    await search.press('Enter');
    await lineWhen(page, BACKUP, `出入境管理 ${BACKUP_LINE}`);
    await editorKeys(page, 'Control+z');
    await lineWhen(page, BACKUP, BACKUP_LINE);
    await clickText(page, BACKUP);
    await editorKeys(page, 'Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown');
    await palette(page, 'Rowlight: Accept Prediction');
    await lineWhen(page, BACKUP, `消防管理 ${BACKUP_LINE}`);
    await lineWith(page, DRIVING, /^道路交通/);
    await editorKeys(page, 'Control+z');
    await lineWhen(page, BACKUP, BACKUP_LINE);
    await lineWhen(page, DRIVING, driving);
  });

  test('Accept Predictions Above counts while the threshold is typed, previews, and keeps the labels that are there', async () => {
    const page = await openSample('above');
    const message = page.locator('.quick-input-widget:visible .quick-input-message');
    await again(async () => {
      await palette(page, 'Rowlight: Accept Predictions Above…');
      await message.waitFor();
    });
    const counts: number[] = [];
    let former = await message.innerText();
    for (const threshold of ['0', '97', '99.9']) {
      await page.locator('.quick-input-widget:visible input').first().fill(threshold);
      const text = await until(
        'the count',
        () => message.innerText(),
        // The count comes a moment after the stroke.
        (seen) => /\d+ of 268/.test(seen) && seen !== former,
      );
      former = text;
      counts.push(Number(/(\d+) of 268/.exec(text)?.[1]));
    }
    assert.equal(counts[0], 268);
    assert.ok((counts[1] ?? 0) < 268 && (counts[1] ?? 0) > (counts[2] ?? 0), String(counts));
    await workbench.screenshot('labelling-accept-above');
    await page.keyboard.press('Escape');
    await previewAbove(page, '97');
    await workbench.screenshot('labelling-preview');
    const renamed = () => lineOf(page, '驾驶证和行驶证姓名改了');
    await applyPreview(page, renamed, (line) => line === '道路交通 驾驶证和行驶证姓名改了，之前改过名的');
    // 91 % stays open.
    assert.equal(await lineOf(page, BACKUP), BACKUP_LINE);
    await clickText(page, BACKUP);
    await editorKeys(page, 'Control+z');
    await lineWhen(page, '驾驶证和行驶证姓名改了', '驾驶证和行驶证姓名改了，之前改过名的');
  });

  test('labels complete in the label cell', async () => {
    const page = await openSample('completion');
    const suggestions = page.locator('.suggest-widget.visible .monaco-list-row');
    const suggest = () =>
      actUntil(
        'suggestions, the likeliest first',
        async () => {
          await page.keyboard.press('Escape');
          await clickText(page, BACKUP);
          await editorKeys(page, 'Home', 'Control+Space');
        },
        () => suggestions.allInnerTexts(),
        (seen) => seen.length > 4 && (seen[0] ?? '').includes('消防管理'),
      );
    await suggest();
    await workbench.screenshot('labelling-completion');
    await actUntil(
      'the label',
      async () => {
        await suggest();
        await suggestions.first().click({ timeout: TRY_MS });
      },
      () => lineOf(page, BACKUP),
      (line) => line === `消防管理 ${BACKUP_LINE}`,
    );
    await editorKeys(page, 'Control+z');
    await lineWhen(page, BACKUP, BACKUP_LINE);
  });

  test('in labelling mode nothing but labels changes; keys typed at once all count; Esc ends it', async () => {
    const page = await openSample('mode');
    await clickText(page, '国外出生的宝宝');
    await palette(page, 'Rowlight: Switch Labelling Order');
    await palette(page, 'Rowlight: Start Labelling Mode');
    // The cursor's line is drawn a moment later.
    const cursorOn = (wanted: number) => until(`line ${wanted}`, () => shown(page), (now) => now?.line === wanted); // prettier-ignore
    await shownWhen(page, 535);
    await cursorOn(3);
    await editorFocused(page);
    const before = (await visibleLines(page)).map(withoutHints);
    const asBefore = () =>
      until(
        'the lines as they were',
        async () => (await visibleLines(page)).map(withoutHints).join('\n'),
        (seen) => seen === before.join('\n'),
      );
    for (const key of [
      ';',
      'Shift+A',
      '.',
      'Tab',
      'Delete',
      'Shift+Enter',
      'Control+v',
      'Control+x',
      'Alt+ArrowUp',
      '-',
    ]) {
      await page.keyboard.press(key);
    }
    // What has no key is taken back at once.
    for (const title of ['Delete Line', 'Copy Line Down']) {
      await palette(page, title);
      await statusItem(page, /only labels change/);
      await asBefore();
    }
    await editorKeys(page, 'ArrowDown');
    await cursorOn(4);
    await editorKeys(page, 'ArrowUp');
    await cursorOn(3);
    await asBefore();
    // Typed without waiting for anything.
    for (const key of ['6', '2', '2', 'Space', '5']) await page.keyboard.press(key);
    await shownWhen(page, 539);
    await lineWhen(page, BACKUP, `消防管理 ${BACKUP_LINE}`);
    await until('the row that was skipped', () => lineOf(page, '吸了一口就被抓'), (line) => line.startsWith('吸了一口')); // prettier-ignore
    await lineWith(page, '账户被外地公安冻结了', /^刑事案件管辖.*账户/);
    for (let undone = 0; undone < 4; undone++) await page.keyboard.press('Control+z');
    await shownWhen(page, 535);
    await cursorOn(3);
    await page.keyboard.press('Escape');
    await until(
      'the end of the mode',
      () => shown(page),
      (now) => now === undefined,
    );
    await editorFocused(page);
    await page.keyboard.type('x');
    await until(
      'ordinary typing',
      () => lineOf(page, BACKUP),
      (line) => line.startsWith('x'),
    );
    await editorKeys(page, 'Control+z');
    await lineWhen(page, BACKUP, BACKUP_LINE);
  });

  test('the row card shows the row, labels it at a press and follows labelling mode', async () => {
    const page = await openSample('card');
    const { card, text } = await showCard(page);
    const says = (selector: string, wanted: string) => until(`"${wanted}"`, () => text(selector), (seen) => seen === wanted); // prettier-ignore
    await says('.progress-text', '535 of 803 rows labelled');
    await until('five labels', () => card.locator('.top .choice').count(), (count) => count === 5); // prettier-ignore
    // All of them are on the screen, although the runs have their place below.
    const last = await card.locator('.progress-text').boundingBox();
    const runs = await page.locator('.sidebar .pane-header', { hasText: 'Runs' }).first().boundingBox();
    assert.ok(last && runs && last.y + last.height <= runs.y, JSON.stringify({ last, runs }));
    await workbench.screenshot('row-card-light');
    await actUntil(
      'the label',
      () => card.locator('.top .choice').first().click({ timeout: TRY_MS }),
      () => text('.given'),
      (seen) => seen === 'Label: 道路交通',
    );
    await lineWith(page, DRIVING, /^道路交通/);
    await startFrom(card);
    const state = await shownWhen(page, 536, 6);
    await editorKeys(page, 'Enter');
    await shownWhen(page, 537, state.line);
    await editorKeys(page, 'Enter');
    await until(
      'the speed',
      () => text('.speed'),
      (seen) => /^\d+ rows a minute$/.test(seen),
    );
    assert.equal(await card.locator('.start').isVisible(), false);
    await workbench.screenshot('row-card-mode');
    for (const theme of ['Dark Modern', 'Dark High Contrast', 'Light High Contrast']) {
      await again(async () => {
        await palette(page, 'Preferences: Color Theme');
        await page.locator('.quick-input-widget:visible .quick-input-filter input').first().fill(theme);
        await pick(page, theme);
      });
      await workbench.screenshot(`row-card-${theme.toLowerCase().replaceAll(' ', '-')}`);
    }
    assert.deepEqual(workbench.complaints(), []);
  });

  test('in Chinese the card, the mode and the commands speak Chinese', async () => {
    // The workbench's own language packs are not here; extensions go by the language that the page says it has.
    await workbench.page.addInitScript("globalThis._VSCODE_NLS_LANGUAGE = 'zh-cn'");
    const page = await openSample('chinese');
    const { card, text } = await showCard(page);
    await until('it in Chinese', () => text('.given'), (seen) => seen === '未标注'); // prettier-ignore
    await startFrom(card);
    await shownWhen(page, 535);
    await workbench.screenshot('row-card-zh');
    await page.keyboard.press('Escape');
  });
});
