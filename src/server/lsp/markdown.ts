/**
 * Text from files, made harmless for Markdown hovers: row text, tokens, labels and model names are other people's content and must never
 * become a link, an image, HTML or a command.
 */

/** A fenced code block around lines of plain text; the fence is longer than any run of backticks inside. */
export function codeBlock(lines: readonly string[]): string {
  const safe = lines.map(visible);
  const longest = Math.max(0, ...safe.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}text\n${safe.join('\n')}\n${fence}`;
}

/** Plain text inside a paragraph: every ASCII punctuation mark is escaped, which CommonMark allows for all of them. */
export function plain(text: string): string {
  return visible(text).replace(/[!-/:-@[-`{-~]/g, (mark) => `\\${mark}`);
}

/**
 * One line without characters that would hide or reorder it: line breaks and other control characters become their Unicode pictures
 * (U+2400…), bidirectional controls and other invisible marks U+FFFD.
 */
export function visible(text: string): string {
  return text
    .replace(/[\u2028\u2029\u0085]/g, '\u240a')
    .replace(/[\u0000-\u001f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu, '\ufffd');
}
