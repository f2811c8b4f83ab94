/** Words found against the words that are right. */
export interface SpanScores {
  /** Words that are right, words found, and words that are both: begin and end agree. */
  readonly gold: number;
  readonly found: number;
  readonly both: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * Scores segmentations by whole words, as the SIGHAN bakeoffs do: a word counts where begin and end are both right.
 * @param pairs ends of words of each text, ascending: the right ones, and those found
 */
export function spanF1(pairs: Iterable<readonly [gold: readonly number[], found: readonly number[]]>): SpanScores {
  let [gold, found, both] = [0, 0, 0];
  for (const [right, given] of pairs) {
    gold += right.length;
    found += given.length;
    const begins = new Map(right.map((end, i) => [end, i === 0 ? 0 : right[i - 1]!]));
    given.forEach((end, i) => {
      if (begins.get(end) === (i === 0 ? 0 : given[i - 1]!)) both++;
    });
  }
  const precision = found === 0 ? 0 : both / found;
  const recall = gold === 0 ? 0 : both / gold;
  const f1 = both === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { gold, found, both, precision, recall, f1 };
}
