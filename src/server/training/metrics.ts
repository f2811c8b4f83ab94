/** How well one label is predicted. */
export interface LabelScore {
  readonly label: string;
  /** Of the rows predicted as this label, the share that have it; 0 where none was. */
  readonly precision: number;
  /** Of the rows that have this label, the share predicted as it; 0 where none has. */
  readonly recall: number;
  /** Harmonic mean of the two; 0 where both are. */
  readonly f1: number;
  /** How many rows have this label. */
  readonly support: number;
}

/** How well rows are predicted; the definitions are scikit-learn's, with `zero_division=0`. */
export interface Scores {
  readonly rows: number;
  /** Share of rows predicted as they are labelled; 0 for no rows. */
  readonly accuracy: number;
  /** Mean F1 of the labels that occur, in truth or in prediction; 0 for no rows. */
  readonly macroF1: number;
  /** One entry per label of the set, in its order. */
  readonly perLabel: readonly LabelScore[];
  /** Rows of label t that were predicted as p, at [t][p]. */
  readonly confusion: readonly (readonly number[])[];
}

/** Scores predictions; `truth` and `predicted` are ids in `labels`, one a row. */
export function scorePredictions(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  labels: readonly string[],
): Scores {
  const confusion = labels.map(() => new Array<number>(labels.length).fill(0));
  let right = 0;
  for (let row = 0; row < truth.length; row++) {
    const [own, other] = [truth[row] ?? -1, predicted[row] ?? -1];
    const line = confusion[own];
    if (line?.[other] === undefined) throw new RangeError(`Row ${String(row)}: label ids ${String(own)} and ${String(other)} of ${String(labels.length)} labels.`); // prettier-ignore
    line[other]++;
    if (own === other) right++;
  }
  const answered = labels.map((_, id) => confusion.reduce((sum, line) => sum + (line[id] ?? 0), 0));
  const perLabel = labels.map((label, id): LabelScore => {
    const support = sum(confusion[id] ?? []);
    const hits = confusion[id]?.[id] ?? 0;
    const guesses = answered[id] ?? 0;
    return {
      label,
      precision: ratio(hits, guesses),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, support + guesses),
      support,
    };
  });
  const occurring = perLabel.filter((score, id) => score.support + (answered[id] ?? 0) > 0).map((score) => score.f1);
  return {
    rows: truth.length,
    accuracy: ratio(right, truth.length),
    macroF1: ratio(sum(occurring), occurring.length),
    perLabel,
    confusion,
  };
}

/**
 * Mean of -ln p(true label): the loss that training lowers. `probabilities` has shape [rows, labels], flat; `truth` one id a row. A
 * probability below 2^-52 counts as that, as in scikit-learn's `log_loss`, so that one certain mistake does not make it infinite.
 */
export function meanCrossEntropy(probabilities: ArrayLike<number>, truth: ArrayLike<number>): number {
  const width = truth.length === 0 ? 0 : probabilities.length / truth.length;
  let total = 0;
  for (let row = 0; row < truth.length; row++) {
    total -= Math.log(Math.max(probabilities[row * width + (truth[row] ?? 0)] ?? 0, Number.EPSILON));
  }
  return ratio(total, truth.length);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
