import { type WebviewParts, webviewHtml } from '../webview-html';

/** The card before its script runs. */
export function cardHtml(parts: WebviewParts): string {
  return webviewHtml(parts, [], ['<body>']);
}
