/** What labelling mode shows, as the labeller reads it off the screen. */
import type { Page } from './playwright';
import { palette, statusItems, typeInput } from './ui';
import { actUntil, again, TRY_MS, until } from './wait';

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

/** Opens the preview of all predictions above a threshold in per cent. */
export const previewAbove = (page: Page, threshold: string): Promise<void> =>
  again(
    async () => {
      await palette(page, 'Rowlight: Accept Predictions Above…');
      await page
        .locator('.quick-input-title:visible', { hasText: 'Accept predictions above' })
        .waitFor({ timeout: TRY_MS });
      await typeInput(page, threshold);
      await page.locator('.refactor-preview, .bulk-edit-panel').first().waitFor();
    },
    () => page.keyboard.press('Escape'),
  );

/** Applies the preview that is open until the effect is seen. */
export const applyPreview = <T>(page: Page, read: () => Promise<T>, accept: (value: T) => boolean): Promise<T> =>
  actUntil(
    'the preview to be applied',
    () => page.locator('.monaco-button', { hasText: 'Apply' }).first().click({ timeout: TRY_MS }),
    read,
    accept,
  );
