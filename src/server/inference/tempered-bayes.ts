import type { NaiveBayes, Features } from './naive-bayes';
import type { Prediction, TextInput } from './prediction';
import { argmax, softmax } from './probabilities';

/** A text that a {@link NaiveBayes} has counted, and under which label. */
export interface CountedRow {
  readonly features: Features;
  readonly label: number;
}

/** A naive Bayes whose probabilities are believable. */
export interface TemperedBayes {
  /** The labels that it may predict: those with rows. */
  readonly labels: readonly string[];
  /** Labelled rows that it was fitted on. */
  readonly rows: number;
  /** What the scores were divided by; the greater, the less sure. */
  readonly temperature: number;
  predict(input: TextInput): Prediction;
}

/** Most rows, and most scores of rows under labels, that the temperature is fitted on: some ten milliseconds. */
const SAMPLE = { rows: 400, scores: 40_000 };

/** Steps of half an octave. */
const TEMPERATURES = [1, 1.4, 2, 2.8, 4, 5.7, 8, 11, 16, 23, 32];

/** The temperature that suited every data set tried once there were some hundred rows, and how many rows' opinion it outweighs. */
const USUAL = { temperature: 2, weight: 4 };

/**
 * Gives a naive Bayes probabilities that may be shown. Its own are far too sure, because it takes n-grams that overlap for independent
 * witnesses. So a text's score is divided by the square root of how many n-grams spoke, and by a temperature: the one under which the
 * counted rows, each scored as if it weren't counted, are likeliest (leave-one-out; Guo et al. 2017, "On Calibration of Modern Neural
 * Networks", with a pull towards a usual value while rows are few). At last it never is surer than N + 1 in N + 2, as the rule of succession has it.
 *
 * `rows` are what `model` has counted; `labels` (numbers into `model.labels`) those to choose from, each with at least one row. Undefined
 * for fewer than two labels. Later changes of `model`'s counts are seen by `predict`, its labels and temperature stay.
 */
export function temper(
  model: NaiveBayes,
  rows: readonly CountedRow[],
  labels: readonly number[],
): TemperedBayes | undefined {
  if (labels.length < 2) return undefined;
  const names = labels.map((label) => model.labels[label] ?? '');
  const total = labels.reduce((sum, label) => sum + model.rowsOf(label), 0);
  const width = labels.length;

  function scoresOf(features: Features, own?: number): Float64Array {
    const scores = model.scores(features, labels, own);
    const spoken = own === undefined ? features : model.shared(features);
    const scale = Math.sqrt(Math.max(1, spoken.length));
    const of = total - (own === undefined ? 0 : 1) + width;
    return scores.map((score, i) => {
      const count = model.rowsOf(labels[i]!) - (labels[i] === own ? 1 : 0);
      return (score + Math.log((Math.max(0, count) + 1) / of)) / scale;
    });
  }

  const temperature = fitTemperature(heldOut(model, rows, labels, scoresOf));
  return {
    labels: names,
    rows: total,
    temperature,
    predict(input) {
      const sure = softmax(scoresOf(model.featuresOf(input)).map((score) => score / temperature));
      const probabilities = leaveDoubt(sure, total);
      const best = argmax(probabilities);
      return {
        label: names[best] ?? '',
        probability: probabilities[best] ?? 0,
        probabilities,
        truncated: false,
        tokens: 0,
      };
    },
  };
}

/** Probabilities of which the greatest is N + 1 in N + 2 at most, N being the rows that they come from (the rule of succession). */
export function leaveDoubt(probabilities: Float64Array, rows: number): number[] {
  const width = probabilities.length;
  // What is spread over all labels, of which the best gets its part back: so much that 1 in N + 2 is left to the others.
  const doubt = width / ((width - 1) * (rows + 2));
  return Array.from(probabilities, (p) => p * (1 - doubt) + doubt / width);
}

interface Judged {
  readonly scores: Float64Array;
  /** Place of the given label in the scores. */
  readonly truth: number;
}

/** Evenly spread rows, each scored without itself; the only row of a label says nothing of how sure to be. */
function heldOut(
  model: NaiveBayes,
  rows: readonly CountedRow[],
  labels: readonly number[],
  scoresOf: (features: Features, own: number) => Float64Array,
): Judged[] {
  const place = new Map(labels.map((label, at) => [label, at]));
  const taken = Math.min(rows.length, SAMPLE.rows, Math.ceil(SAMPLE.scores / labels.length));
  const judged: Judged[] = [];
  for (let at = 0; at < taken; at++) {
    const { features, label } = rows[Math.floor((at * rows.length) / taken)]!;
    const truth = place.get(label);
    if (truth !== undefined && model.rowsOf(label) > 1) judged.push({ scores: scoresOf(features, label), truth });
  }
  return judged;
}

function fitTemperature(judged: readonly Judged[]): number {
  let best = USUAL.temperature;
  let least = Infinity;
  for (const temperature of TEMPERATURES) {
    let loss = USUAL.weight * Math.log(temperature / USUAL.temperature) ** 2;
    for (const { scores, truth } of judged) {
      const probability = softmax(scores.map((score) => score / temperature))[truth] ?? 0;
      loss -= Math.log(Math.max(probability, 1e-12));
    }
    if (loss < least) [least, best] = [loss, temperature];
  }
  return best;
}
