import { type WebviewParts, attribute, webviewHtml } from '../webview-html';

/** What the page is made from. */
export interface PageParts extends WebviewParts {
  /** The run folder that is shown. */
  readonly folder: string;
  readonly title: string;
}

/** What the comparison page is made from. */
export interface ComparisonParts extends WebviewParts {
  /** The run folders that are compared. */
  readonly folders: readonly string[];
  readonly title: string;
}

/** The comparison page before its script runs. */
export function comparisonHtml(parts: ComparisonParts): string {
  return webviewHtml(
    parts,
    [`<title>${attribute(parts.title)}</title>`],
    [`<body data-folders="${attribute(JSON.stringify(parts.folders))}">`, '<main id="page"></main>'],
  );
}

/** The page before its script runs: nothing but the way to it. */
export function metricsHtml(parts: PageParts): string {
  return webviewHtml(
    parts,
    [`<title>${attribute(parts.title)}</title>`],
    [`<body data-folder="${attribute(parts.folder)}">`, '<main id="page"></main>'],
  );
}
