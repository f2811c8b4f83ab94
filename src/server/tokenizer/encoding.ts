/** What the model sees of one text or one pair: `[CLS] a [SEP]` or `[CLS] a [SEP] b [SEP]`, without padding. */
export interface Encoding {
  /** Vocabulary ids, one a token. */
  readonly ids: Int32Array;
  /** Token type ids: 0 for `[CLS] a [SEP]`, 1 for `b [SEP]`. */
  readonly typeIds: Int32Array;
  /** Tokens as text, `##` kept. */
  readonly tokens: readonly string[];
  /** UTF-16 start and end of each token in its own text, two numbers a token; 0, 0 for special tokens. */
  readonly offsets: Int32Array;
  /** Whether tokens were cut off to respect the length limit. */
  readonly truncated: boolean;
}

/** A tokenizer with its settings and vocabulary. */
export interface Tokenizer {
  /** Encodes a text or a pair; `maxLength` counts special tokens; longest-first truncation, from the right. */
  encode(text: string, pair?: string, maxLength?: number): Encoding;
  /** Number of entries in the vocabulary. */
  readonly vocabularySize: number;
  /** Id of `[PAD]`. */
  readonly padId: number;
}
