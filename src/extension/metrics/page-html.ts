import { type WebviewParts, attribute, webviewHtml } from '../webview-html';

/** What the page is made from. */
export interface PageParts extends WebviewParts {
  /** The run folder that is shown. */
  readonly folder: string;
  readonly title: string;
}

/** The page before its script runs: nothing but the way to it. */
export function metricsHtml(parts: PageParts): string {
  return webviewHtml(
    parts,
    [`<title>${attribute(parts.title)}</title>`],
    [`<body data-folder="${attribute(parts.folder)}">`, '<main id="page"></main>'],
  );
}
