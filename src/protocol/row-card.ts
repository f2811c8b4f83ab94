import type { LabelChoice } from './label-acts';

/** The words of the card, in the editor's language. */
export interface CardPhrases {
  readonly start: string;
  readonly keys: string;
  readonly others: string;
  readonly choices: string;
  readonly unlabelled: string;
  readonly label: string;
}

/** One label on the card. */
export interface CardChoice extends LabelChoice {
  /** Its probability as people read it. */
  readonly percent?: string;
}

/** The row that the card shows, and everything about it: the card keeps nothing itself. */
export interface CardRow {
  readonly kind: 'row';
  readonly uri: string;
  readonly version: number;
  readonly row: number;
  /** Such as `Row 16`. */
  readonly title: string;
  readonly text: string;
  readonly textB?: string;
  /** The label that it has. */
  readonly given?: string;
  /** Where rows have several labels: those that it has. */
  readonly set?: readonly string[];
  /** The most probable labels, at most five, and all others. */
  readonly top: readonly CardChoice[];
  readonly others: readonly CardChoice[];
  readonly labelled: number;
  readonly total: number;
  /** Such as `540 of 803 labelled`. */
  readonly progress: string;
  /** Such as `23 rows a minute`; absent while it is not known. */
  readonly speed?: string;
  /** Why `labels.json` doesn't count. */
  readonly problem?: string;
  /** Whether labelling mode is on. */
  readonly mode: boolean;
  readonly phrases: CardPhrases;
}

/** What the card shows: a row, or one line that says why there is none. */
export type CardState = CardRow | { readonly kind: 'none'; readonly message: string };

/** Extension → card: a whole state, at each change and whenever the card asks. */
export interface ToCard {
  readonly type: 'show';
  readonly state: CardState;
}

/** Card → extension. */
export type FromCard =
  /** The card is drawn and knows nothing: it wants the state. */
  | { readonly type: 'ready' }
  /** Give the row this label; nothing is done where the row is no longer what was shown. */
  | {
      readonly type: 'label';
      readonly uri: string;
      readonly version: number;
      readonly row: number;
      readonly label: string;
    }
  /** Begin labelling mode. */
  | { readonly type: 'start' };
