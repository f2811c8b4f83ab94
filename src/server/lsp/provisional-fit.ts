import type { RowChange } from '../data/cell-index';
import type { FileColumns } from '../data/file-columns';
import { RowlightError } from '../errors';
import type { TemperedBayes } from '../inference/tempered-bayes';
import type { DataDocument } from './documents';
import type { LabelSets } from './label-set-of-file';
import { followHead, type HeadFitParts } from './head-fit';
import { readLabelledRows, type LabelledRows } from './labelled-rows';
import { provisionalBayes, provisionalHead, temperedRows, type Provisional } from './provisional';

/** Milliseconds without an edit after which labels are taken as they stand: none is half typed then. */
const SETTLED = 250;

/** Milliseconds after which they are taken although edits go on: whoever labels faster than that would wait for hints for ever. */
const LONGEST_WAIT = 1000;

/** A provisional predictor that follows one document. */
export interface ProvisionalFit {
  /** Resolves when the rows were read and fitted for the first time, or never will be. */
  readonly ready: Promise<void>;
  /** What predicts now; undefined while fewer than two labels have rows. */
  current(): Provisional | undefined;
  /** The document was edited. */
  edited(change: RowChange | undefined): void;
  dispose(): void;
}

/** What a fit is made with. */
export interface FitParts extends HeadFitParts {
  readonly labelSets: LabelSets;
}

/**
 * Reads the labelled rows of a document, fits a naive Bayes, and does so again whenever labels or labelled texts have changed; a head on a base
 * model's features joins it once that is better.
 */
export function followFit(document: DataDocument, columns: FileColumns, parts: FitParts): ProvisionalFit {
  const { labelSets, onChange, log } = parts;
  const head = followHead({
    ...parts,
    onChange: () => {
      if (disposed) return;
      show();
      onChange();
    },
  });
  let tempered: TemperedBayes | undefined;
  let provisional: Provisional | undefined;
  let rows: LabelledRows | undefined;
  /** The reading under way; undefined when all rows are read. */
  let reading: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** When the first edit came that waits for the timer. */
  let waiting: number | undefined;
  let disposed = false;

  async function read(): Promise<void> {
    reading?.abort();
    const own = new AbortController();
    reading = own;
    rows = undefined;
    await readLabelledRows(document, columns, own.signal, (begun) => {
      rows = begun;
    });
    if (reading !== own) return;
    reading = undefined;
    await fit();
  }

  async function fit(): Promise<void> {
    const current = rows;
    if (!current) return;
    const declared = await labelSets.declared(document.uri);
    if (disposed || rows !== current) return;
    const before = provisional;
    tempered = temperedRows(current, declared && new Set(declared));
    if (tempered) head.follow(current, tempered);
    show();
    if (before || provisional) onChange();
  }

  /** Decides what predicts now. Where a label is new or gone, the naive Bayes goes on alone until there is a head with the same labels. */
  function show(): void {
    const fitted = head.current();
    const fits = fitted !== undefined && tempered?.labels.join('\0') === fitted.labels.join('\0');
    provisional =
      tempered &&
      (fits
        ? provisionalHead(tempered, fitted, parts.features, (error) => head.giveUp(error))
        : provisionalBayes(tempered));
  }

  function later(work: () => Promise<void>): void {
    clearTimeout(timer);
    waiting ??= performance.now();
    const delay = Math.min(SETTLED, Math.max(0, waiting + LONGEST_WAIT - performance.now()));
    timer = setTimeout(() => {
      waiting = undefined;
      void quietly(work());
    }, delay);
    timer.unref();
  }

  function quietly(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => {
      if (!RowlightError.is(error, 'cancelled'))
        log.error('labelled rows could not be fitted', { error: String(error) });
    });
  }

  return {
    ready: quietly(read()),
    current: () => provisional,
    edited(change) {
      // While the labels are only counted nothing was read yet that could be out of date.
      const outcome = rows ? rows.edited(change) : reading ? 'unchanged' : 'anew';
      if (outcome === 'anew') {
        rows = undefined;
        reading?.abort();
        reading = undefined;
        later(read);
      } else if (outcome === 'counted' && !reading) later(fit);
    },
    dispose() {
      disposed = true;
      head.dispose();
      reading?.abort();
      clearTimeout(timer);
    },
  };
}
