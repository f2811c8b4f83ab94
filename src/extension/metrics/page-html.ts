/** What the page is made from; addresses are those of `asWebviewUri`. */
export interface PageParts {
  readonly cspSource: string;
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  /** The editor's language, as `en` or `zh-cn`. */
  readonly locale: string;
  /** The run folder that is shown. */
  readonly folder: string;
  readonly title: string;
}

/**
 * The page before its script runs: nothing but the way to it. The content policy forbids all but the bundle (by its nonce) and its style sheet; nothing is
 * fetched, framed or evaluated.
 */
export function metricsHtml({ cspSource, nonce, script, style, locale, folder, title }: PageParts): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="${attribute(locale)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${attribute(title)}</title>
<link rel="stylesheet" href="${attribute(style)}">
</head>
<body data-folder="${attribute(folder)}">
<main id="page"></main>
<script nonce="${attribute(nonce)}" src="${attribute(script)}"></script>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
