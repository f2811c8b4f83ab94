import type { FrameLocator, Page } from './playwright';

/** The content of the webview on the screen: the row card or the metrics page, one at a time. */
export const webview = (page: Page): FrameLocator =>
  page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
