/** What the active text editor shows. Selectors as seen in VS Code 1.139; scripts are strings (see playwright.ts). */
import type { Page } from './playwright';
import { actUntil, until } from './wait';

/** The lines of the editor in their order on the screen: Monaco adds and reuses them in any order. */
const LINES = `[...document.querySelectorAll('.editor-instance .view-line')]
  .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))`;
/** Monaco draws spaces as no-break spaces. */
const TEXT_OF = `((element) => element.textContent.replaceAll('\\u00a0', ' '))`;

/** The text of the lines on the screen, hints included. A tab is drawn as spaces. */
export const visibleLines = (page: Page): Promise<string[]> =>
  page.evaluate(`${LINES}.map(${TEXT_OF})`) as Promise<string[]>;

/** The texts of the inlay hints on the screen, top to bottom. Monaco pads a hint with spans of its own: those are empty here. */
export async function hints(page: Page): Promise<string[]> {
  const script = `${LINES}.flatMap((line) => [...line.querySelectorAll('span[class*="dyn-rule"]')].map(${TEXT_OF}))`;
  const texts = (await page.evaluate(script)) as string[];
  return texts.map((text) => text.trim()).filter(Boolean);
}

/** Waits until the hints on the screen are as they should be and answers them. */
export const hintsWhen = (page: Page, accept: (hints: string[]) => boolean, timeoutMs?: number): Promise<string[]> =>
  until('hints', () => hints(page), accept, timeoutMs);

/** Waits until a visible line contains the text, and matches where a pattern is given. */
export const lineWith = async (page: Page, text: string, pattern?: RegExp): Promise<string> => {
  const fits = (line: string): boolean => line.includes(text) && (pattern?.test(line) ?? true);
  const lines = await until(
    `a line with "${text}"${pattern ? ` that matches ${pattern}` : ''}`,
    () => visibleLines(page),
    (seen) => seen.some(fits),
  );
  return lines.find(fits) ?? '';
};

/** Presses keys in the text editor, one after the other, once that has the focus. */
export async function editorKeys(page: Page, ...keys: string[]): Promise<void> {
  await editorFocused(page);
  for (const key of keys) await page.keyboard.press(key);
}

/** Waits until keys go to a text editor, and not to a webview or a quick input that is still closing. */
export const editorFocused = (page: Page): Promise<unknown> =>
  until(
    'the focus in the editor',
    () =>
      page.evaluate(`document.activeElement?.closest('.editor-instance, .quick-input-widget')?.className ?? 'none'`),
    (where) => /editor-instance/.test(String(where)),
  );

/**
 * Puts the mouse on the first visible place with this text until the hover there matches, and answers what it shows, its parts joined by blank lines.
 * Those of other providers may be there before.
 */
export const hover = (page: Page, text: string, pattern: RegExp): Promise<string> =>
  actUntil(
    `a hover over "${text}" that matches ${pattern}`,
    async () => {
      const { x, y } = await placeOf(page, text);
      // From outside, so that the editor sees the mouse arrive.
      await page.mouse.move(1, 1);
      await page.mouse.move(x, y);
    },
    async () => (await page.locator('.monaco-hover:visible .hover-contents').allInnerTexts()).join('\n\n'),
    (seen) => pattern.test(seen),
  );

/** Clicks on the first visible place with this text: puts the cursor there. */
export async function clickText(page: Page, text: string): Promise<void> {
  const { x, y } = await placeOf(page, text);
  await page.locator('body').click({ position: { x, y } });
}

/** The middle of the text on the screen. A text may lie in several spans, so its ends are looked up in the line's text nodes. */
async function placeOf(page: Page, text: string): Promise<{ x: number; y: number }> {
  await lineWith(page, text);
  const script = `(() => {
    for (const line of ${LINES}) {
      const start = ${TEXT_OF}(line).indexOf(${JSON.stringify(text)});
      if (start < 0) continue;
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      let before = 0, begun = false;
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const end = before + node.length;
        if (!begun && start < end) { range.setStart(node, start - before); begun = true; }
        if (begun && start + ${text.length} <= end) { range.setEnd(node, start + ${text.length} - before); break; }
        before = end;
      }
      const box = range.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }
  })()`;
  const place = (await page.evaluate(script)) as { x: number; y: number } | undefined;
  if (!place) throw new Error(`"${text}" left the screen`);
  return place;
}
