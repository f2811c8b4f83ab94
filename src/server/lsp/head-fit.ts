import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { HostClient } from '../host/client';
import type { TextFeatures } from '../host/predictions';
import { heldOutBayes } from '../inference/held-out-bayes';
import { spread } from '../inference/spread';
import type { TemperedBayes } from '../inference/tempered-bayes';
import { dealFolds } from '../training/folds';
import type { LabelledRows } from './labelled-rows';
import type { FittedHead, HeadBase } from './provisional';
import { inSlices } from './slices';

/** Labelled rows below which no head is tried. */
const LEAST_ROWS = 16;

/** Most labelled rows that a head is fitted on, and most products of rows, features and labels: some seconds. */
const MOST = { rows: 1000, products: 12_000_000 };

/** Share of the labelled rows that has to be other than those of the last fit before there is another. */
const CHANGED = 0.05;

const FOLDS = 5;

/** Rows encoded with one request. */
const CHUNK = 128;

/** What a head is fitted with. */
export interface HeadFitParts {
  /** The base model; undefined where there is none. */
  readonly base: () => Promise<HeadBase | undefined>;
  readonly features: TextFeatures;
  readonly host: Pick<HostClient, 'fitHead'>;
  /** Called when `current` is another. */
  readonly onChange: () => void;
  readonly log: Log;
}

/** A head that follows the labelled rows of one document. */
export interface HeadFit {
  /** The head, while it is better than the naive Bayes alone. */
  current(): FittedHead | undefined;
  /** The naive Bayes was fitted anew; the head follows in the background once enough has changed. */
  follow(rows: LabelledRows, tempered: TemperedBayes): void;
  /** The base model fails: this document gets no head any more. */
  giveUp(error: unknown): void;
  dispose(): void;
}

/**
 * Fits a head beside a naive Bayes whenever the labels, or enough of the rows, are others. It takes over when it is better by cross-validation, by more
 * than a standard error of the difference, and gives way when it is worse, so that the two don't alternate.
 */
export function followHead(parts: HeadFitParts): HeadFit {
  const { features, host, onChange, log } = parts;
  let fitted: FittedHead | undefined;
  /** Whether the head of the last fit was better. */
  let better = false;
  /** What the last fit saw. */
  let basis: { readonly labels: string; readonly rows: number } | undefined;
  let latest: { readonly rows: LabelledRows; readonly tempered: TemperedBayes } | undefined;
  /** Fits of the naive Bayes since then. */
  let changes = 0;
  let running: AbortController | undefined;
  let over = false;

  function due({ labels, rows }: TemperedBayes): boolean {
    if (rows < LEAST_ROWS) return false;
    if (basis?.labels !== labels.join('\0')) return true;
    return Math.max(changes, Math.abs(rows - basis.rows)) >= CHANGED * rows;
  }

  function start(): void {
    if (over || running || !latest || !due(latest.tempered)) return;
    const { rows, tempered } = latest;
    const own = new AbortController();
    running = own;
    const seen = { labels: tempered.labels.join('\0'), rows: tempered.rows };
    const taken = changes;
    changes = 0;
    fit(rows, tempered, own.signal).then(
      (next) => {
        running = undefined;
        basis = seen;
        if (next) settle(next);
        start();
      },
      (error: unknown) => {
        running = undefined;
        changes += taken;
        if (own.signal.aborted) return;
        // The rows changed while they were read: `follow` comes again.
        if (!RowlightError.is(error, 'cancelled')) giveUp(error);
      },
    );
  }

  function settle(next: FittedHead): void {
    const { mean, error } = next.head.gain;
    const before = better;
    better = better ? mean > 0 : mean > error;
    fitted = next;
    log.debug('a head was fitted', { ...next.head.gain, ...next.head.shares, base: next.base.name, better });
    if (before || better) onChange();
  }

  async function fit(
    rows: LabelledRows,
    tempered: TemperedBayes,
    signal: AbortSignal,
  ): Promise<FittedHead | undefined> {
    const base = await parts.base();
    if (!base) return undefined;
    const labels = new Map(tempered.labels.map((label, at) => [label, at]));
    const { changes: before } = rows;
    const sampled = rows.sample(MOST.rows).filter(({ label }) => labels.has(label));
    const folds = dealFolds(
      sampled.map(({ input, label }, row) => ({ ...input, label, row })),
      { folds: FOLDS, stratified: true, seed: 0 },
    );
    const unchanged = (): boolean => rows.changes === before;
    const floor = await inSlices(heldOutBayes(rows.model, tempered, sampled, folds), signal, unchanged);
    const inputs = sampled.map(({ input }) => input);
    for (let from = 0; from < inputs.length; from += CHUNK) {
      await features.want(base.model, inputs.slice(from, from + CHUNK), 'background', signal);
    }
    const known = sampled.flatMap((row, at) => {
      const vector = features.get(base.model, row.input);
      return vector ? { at, vector } : [];
    });
    const width = known[0]?.vector.length ?? 0;
    const classes = labels.size;
    const chosen = spread(known.length, Math.floor(MOST.products / Math.max(1, width * classes)));
    if (chosen.length < LEAST_ROWS) return undefined;
    const taken = chosen.map((at) => known[at]!);
    const matrix = new Float32Array(taken.length * width);
    taken.forEach(({ vector }, row) => matrix.set(vector, row * width));
    const head = await host.fitHead(
      {
        features: matrix,
        width,
        classes,
        truth: Int32Array.from(taken, ({ at }) => labels.get(sampled[at]!.label)!),
        folds: Int32Array.from(taken, ({ at }) => folds[at]!),
        floor: Float64Array.from(taken.flatMap(({ at }) => [...floor.subarray(at * classes, (at + 1) * classes)])),
      },
      signal,
    );
    return { head, base, labels: tempered.labels };
  }

  function giveUp(error: unknown): void {
    if (over) return;
    log.warn('the base model gives no features; naive Bayes predicts alone', { error: String(error) });
    over = true;
    fitted = undefined;
    running?.abort();
    onChange();
  }

  return {
    current: () => (better && !over ? fitted : undefined),
    follow(rows, tempered) {
      latest = { rows, tempered };
      changes++;
      start();
    },
    giveUp,
    dispose() {
      over = true;
      running?.abort();
    },
  };
}
