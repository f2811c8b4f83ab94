import type { Damage } from './damage';

/**
 * Something in a data file that a person should look at. `row` and `cell` are indices into the cell index, `twin` is another row. What is
 * said about it, and in which language, is the language server's business.
 */
export type Finding =
  /** A quote is opened and never closed: the rest of the file is one cell. */
  | { readonly code: 'open-quote'; readonly row: number; readonly cell: number }
  /** The row has too many or too few cells. */
  | {
      readonly code: 'ragged-row';
      readonly row: number;
      readonly cells: number;
      readonly width: number;
      readonly lost: boolean;
    }
  | { readonly code: 'empty-text'; readonly row: number; readonly cell: number }
  | { readonly code: 'damaged-text'; readonly row: number; readonly cell: number; readonly damage: Damage }
  /** The label is none of the declared ones, and close to none. */
  | { readonly code: 'unknown-label'; readonly row: number; readonly cell: number; readonly label: string }
  /** The label looks like another one written differently. */
  | {
      readonly code: 'near-label';
      readonly row: number;
      readonly cell: number;
      readonly label: string;
      readonly meant: string;
    }
  /** There are blanks around the label, which Rowlight ignores and other tools don't. */
  | { readonly code: 'label-blanks'; readonly row: number; readonly cell: number; readonly label: string }
  /** The same text has another label at `twin`. */
  | {
      readonly code: 'conflicting-labels';
      readonly row: number;
      readonly twin: number;
      readonly label: string;
      readonly other: string;
    }
  /** The same text stands above, at `twin`, where `label` is the label there; none of the two says anything else. */
  | {
      readonly code: 'duplicate-text';
      readonly row: number;
      readonly twin: number;
      readonly label: string;
      readonly other: string;
    }
  /** A confident prediction names another label. */
  | {
      readonly code: 'contradicted-label';
      readonly row: number;
      readonly cell: number;
      readonly label: string;
      readonly predicted: string;
      readonly probability: number;
      readonly basis: Basis;
    }
  /** The model reads only the beginning of the text. */
  | { readonly code: 'truncated-text'; readonly row: number; readonly cell: number };

/** The kinds of findings: stable names, which people may search for. */
export type FindingCode = Finding['code'];

/**
 * What a prediction about a row is worth: the model never saw the row (`unseen`), the row was held out to judge the model (`held-out`), a
 * cross-validation's model predicted it that was trained on the other folds (`out-of-fold`), the model was fitted on the row, so that it repeats
 * what it was told (`trained`), or nobody knows (`unknown`).
 */
export type Basis = 'unseen' | 'held-out' | 'out-of-fold' | 'trained' | 'unknown';

/** How much a finding matters, the gravest first. */
export type Gravity = 'error' | 'warning' | 'information' | 'hint';

/** How much a finding matters. */
export function gravityOf(finding: Finding): Gravity {
  switch (finding.code) {
    case 'open-quote':
      return 'error';
    case 'ragged-row':
      return finding.lost ? 'error' : 'warning';
    case 'damaged-text':
    case 'conflicting-labels':
    case 'unknown-label':
    case 'near-label':
    case 'empty-text':
      return 'warning';
    case 'contradicted-label':
      return finding.basis === 'trained' ? 'hint' : 'information';
    case 'duplicate-text':
    case 'label-blanks':
    case 'truncated-text':
      return 'information';
  }
}
