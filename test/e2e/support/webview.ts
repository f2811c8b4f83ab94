import type { FrameLocator, Page } from './playwright';

/** The content of the webview on the screen: the row card or a page such as the metrics, one at a time. One that is hidden stays in the page. */
export const webview = (page: Page): FrameLocator =>
  page.frameLocator('iframe.webview.ready:visible').first().frameLocator('iframe#active-frame');
