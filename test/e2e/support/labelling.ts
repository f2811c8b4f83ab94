/** What labelling mode shows, as the labeller reads it off the screen. */
import type { Page } from './playwright';
import { statusItems } from './ui';
import { until } from './wait';

/** How labelling stands. */
export interface Shown {
  /** The cursor's line, from 1. */
  readonly line: number;
  readonly labelled: number;
  readonly total: number;
  /** What Enter would give; undefined where nothing is predicted yet. */
  readonly best: string | undefined;
}

/** What the status bar says; undefined outside labelling mode. */
export async function shown(page: Page): Promise<Shown | undefined> {
  const items = await statusItems(page);
  const mode = items.map((item) => /(?:Labelling|标注) (\d+)\/(\d+)(?: · ⏎ (.*?) <?[\d.]+%)?/.exec(item)).find(Boolean);
  const cursor = items.map((item) => /^(?:Ln|行) (\d+)/.exec(item)).find(Boolean);
  if (!mode || !cursor) return undefined;
  return { line: Number(cursor[1]), labelled: Number(mode[1]), total: Number(mode[2]), best: mode[3] };
}

/** Labels the row that is shown: Enter where the suggestion is right and stays so for a moment, as a person would take it; else the label's key. */
export async function labelRow(page: Page, state: Shown | undefined, answer: string, key: string): Promise<void> {
  if (state?.best === answer) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    if ((await shown(page))?.best === answer) return page.keyboard.press('Enter');
  }
  await page.keyboard.press(key);
}

/**
 * Waits until so many rows are labelled and the next row is predicted.
 * @param former the line that was left: the cursor's line is drawn a moment later than the rest
 */
export async function shownWhen(page: Page, labelled: number, former = 0, timeoutMs?: number): Promise<Shown> {
  const state = await until(
    `${labelled} labelled rows and a prediction`,
    () => shown(page),
    (now) => now?.labelled === labelled && now.best !== undefined && now.line !== former,
    timeoutMs,
  );
  if (!state) throw new Error('unreachable');
  return state;
}
