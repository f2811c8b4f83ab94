/** What is trained beside masked words: nothing, whether a text follows another (next sentence), or which of two comes first (sentence order). */
export const PAIR_TASKS = ['none', 'nsp', 'sop'] as const;
/** One of {@link PAIR_TASKS}. */
export type PairTask = (typeof PAIR_TASKS)[number];

/** What is masked as one: all tokens of a word, or single tokens (characters, in Chinese). */
export const UNITS = ['word', 'token'] as const;
/** One of {@link UNITS}. */
export type MaskUnit = (typeof UNITS)[number];

/** How tokens are masked; BERT's own: 15 %, of which 80 % become [MASK], 10 % another token, 10 % stay. */
export interface MaskSettings {
  readonly unit: MaskUnit;
  /** Share of the tokens that is to be predicted. */
  readonly share: number;
  /** The most tokens of one sequence. */
  readonly most: number;
}

/** A stretch of the training: sequences of this many tokens for this share of the steps. */
export interface Phase {
  readonly length: number;
  readonly share: number;
}

/** How many tokens of a sequence are predicted at most: the share of its length, one at least. */
export function maskedAtMost({ share, most }: MaskSettings, length: number): number {
  return Math.min(most, Math.max(1, Math.round(length * share)));
}
