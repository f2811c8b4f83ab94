/** What every webview is made from; addresses are those of `asWebviewUri`. */
export interface WebviewParts {
  readonly cspSource: string;
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  /** The editor's language, as `en` or `zh-cn`. */
  readonly locale: string;
}

/**
 * A webview before its script runs. The content policy forbids all but the bundle (by its nonce) and its style sheet; nothing is fetched, framed
 * or evaluated.
 * @param head further elements of the head, a line each
 * @param body the body's start tag and what comes before the script, a line each
 */
export function webviewHtml(
  { cspSource, nonce, script, style, locale }: WebviewParts,
  head: readonly string[],
  body: readonly string[],
): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}; base-uri 'none'; form-action 'none'`;
  const lines = [
    '<!DOCTYPE html>',
    `<html lang="${attribute(locale)}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    ...head,
    `<link rel="stylesheet" href="${attribute(style)}">`,
    '</head>',
    ...body,
    `<script nonce="${attribute(nonce)}" src="${attribute(script)}"></script>`,
    '</body>',
    '</html>',
  ];
  return `${lines.join('\n')}\n`;
}

/** Text as the value of an attribute between double quotes, or as an element's text. */
export function attribute(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
