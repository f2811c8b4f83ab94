/** The parts of the workbench around the editor: command palette, quick input, status bar, notifications. */
import type { Locator, Page } from './playwright';
import { actUntil, again, TRY_MS, until } from './wait';

const QUICK_INPUT = '.quick-input-widget:visible';
const BRIEFLY = { timeout: TRY_MS };

/**
 * Runs a command by its whole title, as a user would. An editor or a webview that comes up at that moment takes the focus and closes the palette,
 * and extensions that are still being found have no commands in it yet: then once more.
 */
export const palette = (page: Page, title: string): Promise<void> =>
  again(
    async () => {
      await page.keyboard.press('F1');
      await page.locator(`${QUICK_INPUT} input`).first().fill(`>${title}`, BRIEFLY);
      await pick(page, title);
    },
    () => page.keyboard.press('Escape'),
  );

/** Runs a command that asks which one, and picks the first row with this text; all of it again where the question was closed in between. */
export const choose = (page: Page, title: string, text: string): Promise<void> =>
  again(
    async () => {
      await palette(page, title);
      await pick(page, text);
    },
    () => page.keyboard.press('Escape'),
  );

/** Runs a command that opens a quick input, until that offers what is accepted; answers its rows. */
export const ask = (page: Page, title: string, accept: (rows: string[]) => boolean): Promise<string[]> =>
  actUntil(`what "${title}" offers`, () => palette(page, title), () => quickInputRows(page), accept); // prettier-ignore

const rowOf = (page: Page, text: string): Locator =>
  page.locator(`${QUICK_INPUT} .quick-input-list .monaco-list-row`, { hasText: text }).first();

/** Clicks the first row of the open quick input that contains the text. */
export const pick = (page: Page, text: string): Promise<void> => rowOf(page, text).click(BRIEFLY);

/** Writes into the open input box and presses Enter. A list that was answered before is in the same place: its rows are gone by then. */
export async function typeInput(page: Page, text: string): Promise<void> {
  const rows = page.locator(`${QUICK_INPUT} .quick-input-list:visible .monaco-list-row`);
  await until('the input box', () => rows.count(), (count) => count === 0, TRY_MS); // prettier-ignore
  const input = page.locator(`${QUICK_INPUT} input`).first();
  await input.fill(text, BRIEFLY);
  await input.press('Enter', BRIEFLY);
}

/** The rows that the open quick input offers. */
export const quickInputRows = (page: Page): Promise<string[]> =>
  page.locator(`${QUICK_INPUT} .quick-input-list .monaco-list-row`).allInnerTexts();

/** The texts of all items of the status bar, left to right. */
export async function statusItems(page: Page): Promise<string[]> {
  const texts = await page.locator('.part.statusbar .statusbar-item').allInnerTexts();
  return texts.map((text) => text.replaceAll('\u00a0', ' ').trim()).filter(Boolean);
}

/** Waits for a status bar item that matches and answers its text. */
export async function statusItem(page: Page, pattern: RegExp, timeoutMs?: number): Promise<string> {
  const items = await until(
    `a status item ${pattern}`,
    () => statusItems(page),
    (seen) => seen.some((item) => pattern.test(item)),
    timeoutMs,
  );
  return items.find((item) => pattern.test(item)) ?? '';
}

/** What the tooltip of a status item says; the mouse is left on it. */
export function statusHover(page: Page, item: RegExp, pattern: RegExp): Promise<string> {
  return actUntil(
    `the tooltip of ${item}`,
    async () => {
      await page.mouse.move(1, 1);
      await page.locator('.part.statusbar .statusbar-item', { hasText: item }).first().hover({ timeout: TRY_MS });
    },
    async () => (await page.locator('.monaco-hover:visible').allInnerTexts()).join('\n'),
    (text) => pattern.test(text),
  );
}

/** The notifications on the screen. */
export const notifications = (page: Page): Promise<string[]> =>
  page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();

/** Waits for a notification that matches and answers its text. */
export async function notification(page: Page, pattern: RegExp, timeoutMs?: number): Promise<string> {
  const seen = await until(
    `a notification ${pattern}`,
    () => notifications(page),
    (texts) => texts.some((text) => pattern.test(text)),
    timeoutMs,
  );
  return seen.find((text) => pattern.test(text)) ?? '';
}

/** Presses a button of the notification that matches, if that is on the screen or comes within seconds. */
export async function pressOnce(page: Page, pattern: RegExp, button: string): Promise<void> {
  const places = ['.notifications-toasts', '.notifications-center'];
  const selector = places.map((place) => `${place}:visible .notification-list-item`).join();
  const item = page.locator(selector, { hasText: pattern }).first();
  await item.hover(BRIEFLY);
  await item.locator('.monaco-button', { hasText: button }).first().click(BRIEFLY);
}

/** Presses a button of the notification that matches. After 15 seconds it goes from the screen into the list of all notifications. */
export const pressNotification = (page: Page, pattern: RegExp, button: string): Promise<void> =>
  again(
    () => pressOnce(page, pattern, button),
    () => palette(page, 'Notifications: Show Notifications'),
  );
