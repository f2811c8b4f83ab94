import { GIVEN } from '../inference/given';
import type { Averaged } from './label-metrics';
import type { LabelScore } from './metrics';

/** How well sets of labels are predicted; the definitions are scikit-learn's, with `zero_division=0`. */
export interface SetScores {
  readonly rows: number;
  /** Share of rows whose set is predicted whole (subset accuracy). */
  readonly accuracy: number;
  /** Share of decisions, one a row and label, that are wrong. */
  readonly hammingLoss: number;
  /** Mean F1 of the rows, each over its own labels; a row without labels that gets none counts 0, as in scikit-learn. */
  readonly samplesF1: number;
  readonly micro: Averaged;
  readonly macro: Averaged;
  readonly weighted: Averaged;
  readonly perLabel: readonly LabelScore[];
}

/** Scores decisions: `truth` and `predicted` are 0 or 1 a row and label, row after row. */
export function scoreSets(truth: Uint8Array, predicted: Uint8Array, labels: readonly string[]): SetScores {
  const width = labels.length;
  const rows = width === 0 ? 0 : truth.length / width;
  const counts = labels.map(() => ({ hits: 0, support: 0, guesses: 0 }));
  let [whole, wrong, samples] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    let [hits, size, errors] = [0, 0, 0];
    for (let id = 0; id < width; id++) {
      const [own, other] = [truth[row * width + id]!, predicted[row * width + id]!];
      const count = counts[id]!;
      count.support += own;
      count.guesses += other;
      count.hits += own & other;
      hits += own & other;
      size += own + other;
      errors += own ^ other;
    }
    wrong += errors;
    whole += Number(errors === 0);
    samples += ratio(2 * hits, size);
  }
  const perLabel = labels.map((label, id) => ({ label, support: counts[id]!.support, ...scoreOf(counts[id]!) }));
  const sum = (key: 'hits' | 'support' | 'guesses') => counts.reduce((total, count) => total + count[key], 0);
  const average = (weight: (label: LabelScore) => number): Averaged => {
    const total = perLabel.reduce((all, label) => all + weight(label), 0);
    const mean = (key: keyof Averaged) =>
      ratio(perLabel.reduce((all, label) => all + weight(label) * label[key], 0), total); // prettier-ignore
    return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
  };
  return {
    rows,
    accuracy: ratio(whole, rows),
    hammingLoss: ratio(wrong, rows * width),
    samplesF1: ratio(samples, rows),
    micro: scoreOf({ hits: sum('hits'), support: sum('support'), guesses: sum('guesses') }),
    macro: average(() => 1),
    weighted: average(({ support }) => support),
    perLabel,
  };
}

/** The decisions that probabilities mean: a label is given from `GIVEN` on. */
export function decide(probabilities: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(probabilities, (probability) => Number(probability >= GIVEN));
}

/** Mean over rows and labels of -ln p(what is true of the label), p bounded as in `meanCrossEntropy`. */
export function meanBinaryCrossEntropy(probabilities: ArrayLike<number>, truth: Uint8Array): number {
  let total = 0;
  for (let at = 0; at < truth.length; at++) {
    const own = truth[at] === 1 ? probabilities[at]! : 1 - probabilities[at]!;
    total -= Math.log(own < Number.EPSILON ? Number.EPSILON : own);
  }
  return ratio(total, truth.length);
}

function scoreOf({ hits, support, guesses }: { hits: number; support: number; guesses: number }): Averaged {
  return { precision: ratio(hits, guesses), recall: ratio(hits, support), f1: ratio(2 * hits, support + guesses) };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
