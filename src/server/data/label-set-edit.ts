import { parseLabelSet } from './label-set';

/** An insertion into a text, at an offset in UTF-16 units. */
export interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/**
 * What to insert into a `labels.json` so that its last label is `name`, laid out like the ones before it; undefined where the content is no label
 * set, has the label already, or could not take it.
 */
export function appendLabel(content: string, name: string): Insertion | undefined {
  try {
    const before = parseLabelSet(content, 'labels.json').labels;
    const end = endOfLabels(content);
    if (end === undefined || before.some((label) => label.name === name)) return undefined;
    const { last, close } = end;
    const entry = JSON.stringify({ name });
    // The white space before the first entry, or before the last bracket, tells how the list is laid out.
    const indent = before.length > 0 ? (/[\r\n][\s]*$/.exec(content.slice(0, end.lastStart))?.[0] ?? ' ') : '';
    const insertion = before.length > 0 ? { offset: last, text: `,${indent}${entry}` } : { offset: close, text: entry };
    const after = content.slice(0, insertion.offset) + insertion.text + content.slice(insertion.offset);
    const labels = parseLabelSet(after, 'labels.json').labels;
    return labels.length === before.length + 1 && labels.at(-1)?.name === name ? insertion : undefined;
  } catch {
    return undefined;
  }
}

/** Where the array of the top-level key `labels` closes, and where its last entry starts and ends. */
function endOfLabels(content: string): { lastStart: number; last: number; close: number } | undefined {
  let depth = 0;
  let inside = false;
  let key = '';
  let lastStart = 0;
  let last = 0;
  for (let at = 0; at < content.length; at++) {
    const mark = content[at] ?? '';
    if (mark === '"') {
      const start = at;
      for (at++; at < content.length && content[at] !== '"'; at++) if (content[at] === '\\') at++;
      if (depth === 1) key = content.slice(start, at + 1);
    } else if (mark === '{' || mark === '[') {
      if (mark === '[' && depth === 1 && key === '"labels"') inside = true;
      if (inside && depth === 2) lastStart = at;
      depth++;
    } else if (mark === '}' || mark === ']') {
      depth--;
      if (inside && depth === 2) last = at + 1;
      if (inside && depth === 1) return { lastStart, last, close: at };
    }
  }
  return undefined;
}
