import type { EChartsOption } from 'echarts';
import { svgOf } from './charts/svg';
import { REPORT_STYLE } from './report-style';
import type { Notice } from './notices';
import type { TextTable } from './tables';

/*
 * The parts of a report as HTML. Everything that comes from a file is escaped here, by the part that it goes into.
 */

/**
 * One HTML file that needs nothing else: no script, no font, no picture from anywhere (its own content policy forbids them).
 * @param body HTML
 */
export function htmlPage(lang: string, title: string, body: readonly string[]): string {
  return [
    '<!DOCTYPE html>',
    `<html lang="${lang}"><head><meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title><style>${REPORT_STYLE}</style></head>`,
    `<body><main>${body.join('\n')}</main></body></html>\n`,
  ].join('\n');
}

/** Text as it stands, for the inside of an element or of a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** The head of a report. */
export function header(title: string, line: string): string {
  return `<header><h1>${escapeHtml(title)}</h1><p>${escapeHtml(line)}</p></header>`;
}

/** The foot of a report. */
export function footer(...lines: readonly string[]): string {
  return `<footer>${lines.map(paragraph).join('')}</footer>`;
}

/** What whoever reads the figures must know. */
export function noticeLine({ kind, text }: Notice): string {
  return `<p class="notice ${kind}">${escapeHtml(text)}</p>`;
}

/** A paragraph of text. */
export function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

/** A part with a title. @param parts HTML */
export function section(title: string, ...parts: string[]): string {
  return `<section><h2>${escapeHtml(title)}</h2>${parts.join('\n')}</section>`;
}

/** A figure that stands out: its name, its value, what it is of. */
export function tile(name: string, value: string, note: string): string {
  return `<div class="tile"><b>${escapeHtml(name)}</b><strong>${escapeHtml(value)}</strong><span>${escapeHtml(note)}</span></div>`;
}

/** A picture with its title. @param content HTML */
export function figure(title: string, content: string): string {
  return `<figure><figcaption>${escapeHtml(title)}</figcaption>${content}</figure>`;
}

/** A picture as SVG; `name` is for screen readers, sizes are pixels. */
export function picture(option: EChartsOption, height: number, name: string, width = 900): string {
  return `<div class="picture">${svgOf(option, { width, height }, name)}</div>`;
}

/** A table of texts. */
export function table({ caption, head, rows, numeric }: TextTable): string {
  const right = (column: number) => (numeric.includes(column) ? ' class="n"' : '');
  const cells = (tag: string, row: readonly string[]) =>
    row.map((cell, column) => `<${tag}${right(column)}>${escapeHtml(cell)}</${tag}>`).join('');
  const lines = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${cells('th', head)}</tr></thead><tbody>${lines}</tbody></table>`;
}

/** What is shown when it is asked for. @param content HTML */
export function folded(title: string, content: string): string {
  return `<details><summary>${escapeHtml(title)}</summary>${content}</details>`;
}

/** Pairs of a name and a value. */
export function definitions(pairs: readonly (readonly [string, string])[]): string {
  return `<dl>${pairs.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}
