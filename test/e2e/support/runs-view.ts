import type { Page } from './playwright';
import { palette } from './ui';
import { until } from './wait';
import { webview } from './webview';

/** Shows the tree of runs. The row card beside it takes the focus when it is loaded, and with it the palette: that is waited for. */
export async function showRuns(page: Page): Promise<void> {
  await palette(page, 'Rowlight: Focus on Runs View');
  await until(
    'the row card',
    () => webview(page).locator('.card, .none').allInnerTexts(),
    (texts) => texts.some((text) => text !== ''),
  );
}
