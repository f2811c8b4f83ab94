/** A place in a text, by UTF-16 offset and by line and character, both from 0. */
export interface Place {
  readonly offset: number;
  readonly line: number;
  readonly character: number;
}

/** A text and the places that were marked in it. */
export interface MarkedText {
  /** The text without marks. */
  readonly text: string;
  /** Where `<|>` stood. */
  readonly cursors: readonly Place[];
  /** What `<[` and `]>` enclosed, in the order in which they begin; may be nested. */
  readonly ranges: readonly { readonly start: Place; readonly end: Place }[];
}

const MARK = /<\||<\[|\]>/g;
const LENGTH = { '<|': 3, '<[': 2, ']>': 2 } as const;

/**
 * Reads marks out of a text, so that a test says where it means without counting: `标签\t文本\n<[交通]>\t红灯<|>怎么处理`.
 * Lines end with `\n`, `\r\n` or `\r`, as in the language server protocol. Throws where a range is not closed.
 */
export function markedText(source: string): MarkedText {
  const cursors: number[] = [];
  const ranges: { start: number; end: number }[] = [];
  const open: { start: number; end: number }[] = [];
  let text = '';
  let from = 0;
  for (const match of source.matchAll(MARK)) {
    const mark = match[0] as keyof typeof LENGTH;
    if (mark === '<|' && source[match.index + 2] !== '>') continue;
    text += source.slice(from, match.index);
    from = match.index + LENGTH[mark];
    if (mark === '<|') cursors.push(text.length);
    else if (mark === '<[') {
      const range = { start: text.length, end: -1 };
      ranges.push(range);
      open.push(range);
    } else {
      const range = open.pop();
      if (!range) throw new Error(`"]>" without "<[" in ${JSON.stringify(source)}`);
      range.end = text.length;
    }
  }
  if (open.length) throw new Error(`"<[" without "]>" in ${JSON.stringify(source)}`);
  text += source.slice(from);
  return {
    text,
    cursors: cursors.map((offset) => placeAt(text, offset)),
    ranges: ranges.map(({ start, end }) => ({ start: placeAt(text, start), end: placeAt(text, end) })),
  };
}

function placeAt(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { offset, line: lines.length - 1, character: (lines.at(-1) ?? '').length };
}
