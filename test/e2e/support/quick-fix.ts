import { clickText, lineWith } from './editor-view';
import type { Page } from './playwright';
import { actUntil, TRY_MS } from './wait';

/** What the light bulb's menu offers. */
const FIXES = '.action-widget .monaco-list-row';

/** Opens the quick fixes at a place of the text, until they have one with this title; answers them all. */
export const offerFixes = (page: Page, place: string, title: string): Promise<string[]> =>
  actUntil(
    `the fix "${title}"`,
    async () => {
      await page.keyboard.press('Escape');
      await clickText(page, place);
      await page.keyboard.press('Control+.');
    },
    () => page.locator(FIXES).allInnerTexts(),
    (fixes) => fixes.some((fix) => fix.includes(title)),
  );

/** Applies a quick fix at a place of the text until the line with `text` matches: problems that come in meanwhile close the menu. */
export const applyFix = (page: Page, place: string, title: string, text: string, pattern: RegExp): Promise<string> =>
  actUntil(
    `"${title}" done`,
    async () => {
      await offerFixes(page, place, title);
      await page.locator(FIXES, { hasText: title }).first().click({ timeout: TRY_MS });
    },
    () => lineWith(page, text),
    (line) => pattern.test(line),
  );
