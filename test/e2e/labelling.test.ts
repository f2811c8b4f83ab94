/** Labelling in the real workbench: commands on selections, the preview, completion, what labelling mode holds back, the row card. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { clickText, hintsWhen, lineWith, visibleLines } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { shown, shownWhen } from './support/labelling';
import type { FrameLocator, Page } from './support/playwright';
import { palette, pick, quickInputRows, statusItem, typeInput } from './support/ui';
import { until } from './support/wait';
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

  test('Set Label offers the labels by probability with guidelines; Accept and Clear work on the selection; each is one undo', async () => {
    const page = await openSample('commands');
    await clickText(page, BACKUP);
    await palette(page, 'Rowlight: Set Label…');
    const rows = await until(
      'the labels',
      () => quickInputRows(page),
      (seen) => seen.some((row) => row.includes('消防管理')),
    );
    assert.match(rows[0] ?? '', /消防管理[\s\S]*91%[\s\S]*6[\s\S]*灭火器/);
    await workbench.screenshot('labelling-set-label');
    await page.keyboard.type('护照');
    await until(
      'the search in guidelines',
      () => quickInputRows(page),
      (seen) => seen.length === 2 && (seen[0] ?? '').includes('出入境管理'),
    );
    await page.keyboard.press('Enter');
    await lineWhen(page, BACKUP, `出入境管理 ${BACKUP_LINE}`);
    await page.keyboard.press('Control+z');
    await lineWhen(page, BACKUP, BACKUP_LINE);
    await clickText(page, BACKUP);
    for (let down = 0; down < 3; down++) await page.keyboard.press('Shift+ArrowDown');
    await palette(page, 'Rowlight: Accept Prediction');
    await lineWhen(page, BACKUP, `消防管理 ${BACKUP_LINE}`);
    assert.match(await lineOf(page, DRIVING), /^道路交通 /);
    await page.keyboard.press('Control+z');
    await lineWhen(page, BACKUP, BACKUP_LINE);
    assert.match(await lineOf(page, DRIVING), new RegExp(`^${DRIVING}`));
  });

  test('Accept Predictions Above counts while the threshold is typed, previews, and keeps the labels that are there', async () => {
    const page = await openSample('above');
    await palette(page, 'Rowlight: Accept Predictions Above…');
    const message = page.locator('.quick-input-widget:visible .quick-input-message');
    await message.waitFor({ timeout: 120_000 });
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
    await typeInput(page, '97');
    const panel = page.locator('.refactor-preview, .bulk-edit-panel').first();
    await panel.waitFor();
    await workbench.screenshot('labelling-preview');
    await page.locator('.monaco-button', { hasText: 'Apply' }).first().click();
    await lineWhen(page, '驾驶证和行驶证姓名改了', '道路交通 驾驶证和行驶证姓名改了，之前改过名的');
    // 91 % stays open.
    assert.equal(await lineOf(page, BACKUP), BACKUP_LINE);
    await clickText(page, BACKUP);
    await page.keyboard.press('Control+z');
    await lineWhen(page, '驾驶证和行驶证姓名改了', '驾驶证和行驶证姓名改了，之前改过名的');
  });

  test('labels complete in the label cell', async () => {
    const page = await openSample('completion');
    await clickText(page, BACKUP);
    await page.keyboard.press('Home');
    await page.keyboard.press('Control+Space');
    const suggestions = page.locator('.suggest-widget.visible .monaco-list-row');
    const texts = await until(
      'suggestions',
      () => suggestions.allInnerTexts(),
      (seen) => seen.length > 4,
    );
    assert.match(texts[0] ?? '', /消防管理/);
    await workbench.screenshot('labelling-completion');
    await page.keyboard.press('Enter');
    await lineWhen(page, BACKUP, `消防管理 ${BACKUP_LINE}`);
    await page.keyboard.press('Control+z');
  });

  test('in labelling mode nothing but labels changes; keys typed at once all count; Esc ends it', async () => {
    const page = await openSample('mode');
    await clickText(page, '国外出生的宝宝');
    await palette(page, 'Rowlight: Switch Labelling Order');
    await palette(page, 'Rowlight: Start Labelling Mode');
    const start = await shownWhen(page, 535);
    assert.equal(start.line, 3);
    const before = (await visibleLines(page)).map(withoutHints);
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
      await until(
        'the lines as they were',
        async () => (await visibleLines(page)).map(withoutHints).join('\n'),
        (seen) => seen === before.join('\n'),
      );
    }
    await page.keyboard.press('ArrowDown');
    await until(
      'the next line',
      () => shown(page),
      (now) => now?.line === 4,
    );
    await page.keyboard.press('ArrowUp');
    await until(
      'the line',
      () => shown(page),
      (now) => now?.line === 3,
    );
    assert.deepEqual((await visibleLines(page)).map(withoutHints), before);
    // Typed without waiting for anything.
    for (const key of ['6', '2', '2', 'Space', '5']) await page.keyboard.press(key);
    await shownWhen(page, 539);
    await lineWhen(page, BACKUP, `消防管理 ${BACKUP_LINE}`);
    assert.match(await lineOf(page, '吸了一口就被抓'), /^吸了一口/);
    assert.match(await lineOf(page, '账户被外地公安冻结了'), /^刑事案件管辖.*账户/);
    for (let undone = 0; undone < 4; undone++) await page.keyboard.press('Control+z');
    const back = await shownWhen(page, 535);
    assert.equal(back.line, 3);
    await page.keyboard.press('Escape');
    await until(
      'the end of the mode',
      () => shown(page),
      (now) => now === undefined,
    );
    await page.keyboard.type('x');
    await until(
      'ordinary typing',
      () => lineOf(page, BACKUP),
      (line) => line.startsWith('x'),
    );
    await page.keyboard.press('Control+z');
    await lineWhen(page, BACKUP, BACKUP_LINE);
  });

  test('the row card shows the row, labels it at a press and follows labelling mode', async () => {
    const page = await openSample('card');
    const { card, text } = await showCard(page);
    assert.equal(await text('.progress-text'), '535 of 803 rows labelled');
    assert.equal(await card.locator('.top .choice').count(), 5);
    // All of them are on the screen, although the runs have their place below.
    const last = await card.locator('.progress-text').boundingBox();
    const runs = await page.locator('.sidebar .pane-header', { hasText: 'Runs' }).first().boundingBox();
    assert.ok(last && runs && last.y + last.height <= runs.y, JSON.stringify({ last, runs }));
    await workbench.screenshot('row-card-light');
    await card.locator('.top .choice').first().click();
    await until(
      'the label',
      () => text('.given'),
      (seen) => seen === 'Label: 道路交通',
    );
    assert.match(await lineOf(page, DRIVING), /^道路交通 /);
    await card.locator('.start').first().click();
    const state = await shownWhen(page, 536);
    assert.notEqual(state.line, 6);
    await page.keyboard.press('Enter');
    await shownWhen(page, 537, state.line);
    await page.keyboard.press('Enter');
    await until(
      'the speed',
      () => text('.speed'),
      (seen) => /^\d+ rows a minute$/.test(seen),
    );
    assert.equal(await card.locator('.start').isVisible(), false);
    await workbench.screenshot('row-card-mode');
    for (const theme of ['Dark Modern', 'Dark High Contrast', 'Light High Contrast']) {
      await palette(page, 'Preferences: Color Theme');
      await page.locator('.quick-input-widget:visible input').first().fill(theme);
      await pick(page, theme);
      await workbench.screenshot(`row-card-${theme.toLowerCase().replaceAll(' ', '-')}`);
    }
    assert.deepEqual(workbench.complaints(), []);
  });

  test('in Chinese the card, the mode and the commands speak Chinese', async () => {
    // The workbench's own language packs are not here; extensions go by the language that the page says it has.
    await workbench.page.addInitScript("globalThis._VSCODE_NLS_LANGUAGE = 'zh-cn'");
    const page = await openSample('chinese');
    const { card, text } = await showCard(page);
    assert.equal(await text('.given'), '未标注');
    await card.locator('.start').first().click();
    await shownWhen(page, 535);
    await workbench.screenshot('row-card-zh');
    await page.keyboard.press('Escape');
  });
});
