import type { RunComparison } from './comparison';
import type { FoundRows, TriedText, WhichRows } from './metrics';
import type { ShownMetrics } from './pretraining-metrics';

/*
 * The messages between the extension and its metrics page, a discriminated union for each direction. The page holds nothing that it could not ask for
 * again: what it gets is always whole.
 */

/** The type of the page's panels: VS Code brings those of it back after a reload. */
export const METRICS_VIEW = 'rowlight.metrics';

/** Page → extension. */
export type FromPage =
  /** The page is drawn and asks for what to show, again after each time it was hidden or reloaded. */
  | { readonly type: 'ready' }
  /** List the rows and show the first of them in an editor; the focus stays on the page. */
  | { readonly type: 'showRows'; readonly which: WhichRows }
  /** Go to one row in an editor. */
  | { readonly type: 'openRow'; readonly index: number }
  /** The list was closed: rows are no longer marked in the editor. */
  | { readonly type: 'closeRows' }
  /** Predict a text; `id` tells the answers apart. */
  | { readonly type: 'try'; readonly id: number; readonly text: string; readonly textB?: string }
  | { readonly type: 'export' }
  | { readonly type: 'openData' }
  /** Fine-tune the model of this pre-training run. */
  | { readonly type: 'fineTune' };

/** Extension → page. */
export type ToPage =
  /** Everything there is to show. */
  | { readonly type: 'metrics'; readonly metrics: ShownMetrics }
  /** The run can't be shown; one line says why. */
  | { readonly type: 'unreadable'; readonly message: string }
  | { readonly type: 'rows'; readonly which: WhichRows; readonly found: FoundRows }
  | { readonly type: 'rowsFailed'; readonly which: WhichRows; readonly message: string }
  | { readonly type: 'tried'; readonly id: number; readonly tried: TriedText }
  | { readonly type: 'tryFailed'; readonly id: number; readonly message: string };

/** The type of the panels that compare runs. */
export const COMPARISON_VIEW = 'rowlight.comparison';

/** Comparison page → extension. */
export type FromComparison =
  /** The page is drawn and asks for what to show, again after each time it was hidden or reloaded. */
  | { readonly type: 'ready' }
  /** Go to one row of the first run in an editor. */
  | { readonly type: 'openRow'; readonly index: number }
  /** Open the metrics page of a run. */
  | { readonly type: 'openRun'; readonly folder: string };

/** Extension → comparison page. */
export type ToComparison =
  | { readonly type: 'comparison'; readonly comparison: RunComparison }
  /** The runs can't be compared; one line says why. */
  | { readonly type: 'unreadable'; readonly message: string };

/** What VS Code keeps of a comparison page across reloads. */
export interface ComparisonState {
  readonly folders: readonly string[];
  readonly tables: readonly string[];
}

/** What VS Code keeps of the page across reloads: which run, and how it was looked at. */
export interface PageState {
  readonly folder: string;
  /** Names of the figures that are shown as tables. */
  readonly tables: readonly string[];
}
