/** A part of a text that is one added token, or that the four stages must look at. */
export type Section = (from: number, to: number, addedToken: string | undefined) => void;

/** Walks over the sections of a text, in order and without empty ones. */
export type AddedTokenSplitter = (text: string, visit: Section) => void;

/**
 * What comes before the stages: an added token typed literally (`[MASK]`, `[SEP]`) is that token, case-sensitively, wherever it stands,
 * even inside a word; of tokens that start at one place the longest wins. This is what Hugging Face `tokenizers` does with added special
 * tokens. google/bert has no such step: there `[MASK]` falls apart into `[`, `mask`, `]`.
 */
export function createAddedTokenSplitter(addedTokens: readonly string[]): AddedTokenSplitter {
  const longestFirst = [...addedTokens].sort((a, b) => b.length - a.length);
  const pattern = longestFirst.map((token) => token.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
  const matcher = new RegExp(pattern, 'gu');
  return (text, visit) => {
    let from = 0;
    matcher.lastIndex = 0;
    for (let match = matcher.exec(text); match; match = matcher.exec(text)) {
      if (from < match.index) visit(from, match.index, undefined);
      from = match.index + match[0].length;
      visit(match.index, from, match[0]);
    }
    if (from < text.length) visit(from, text.length, undefined);
  };
}
