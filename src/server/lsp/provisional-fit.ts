import type { RowChange } from '../data/cell-index';
import type { Log } from '../env';
import type { DataDocument } from './documents';
import type { FileColumns } from './file-view';
import type { LabelSets } from './label-set-of-file';
import { readLabelledRows, type LabelledRows } from './labelled-rows';
import { provisionalBayes, type Provisional } from './provisional';

/** Milliseconds without an edit after which labels are taken as they stand: none is half typed then. */
const SETTLED = 250;

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
export interface FitParts {
  readonly labelSets: LabelSets;
  /** Called when `current` is another. */
  readonly onChange: () => void;
  readonly log: Log;
}

/** Reads the labelled rows of a document, fits them, and does so again whenever labels or labelled texts have changed. */
export function followFit(document: DataDocument, columns: FileColumns, parts: FitParts): ProvisionalFit {
  const { labelSets, onChange, log } = parts;
  let provisional: Provisional | undefined;
  let rows: LabelledRows | undefined;
  /** The reading under way; undefined when all rows are read. */
  let reading: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;
  let disposed = false;

  async function read(): Promise<void> {
    reading?.abort();
    const own = new AbortController();
    reading = own;
    rows = undefined;
    const all = await readLabelledRows(document, columns, own.signal, (begun) => {
      rows = begun;
    });
    if (!all || reading !== own) return;
    reading = undefined;
    await fit();
  }

  async function fit(): Promise<void> {
    const current = rows;
    if (!current) return;
    const declared = await labelSets.declared(document.uri);
    if (disposed || rows !== current) return;
    const before = provisional;
    provisional = provisionalBayes(current, declared && new Set(declared));
    if (before || provisional) onChange();
  }

  function later(work: () => Promise<void>): void {
    clearTimeout(timer);
    timer = setTimeout(() => void quietly(work()), SETTLED);
    timer.unref();
  }

  function quietly(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => log.error('labelled rows could not be fitted', { error: String(error) }));
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
      reading?.abort();
      clearTimeout(timer);
    },
  };
}
