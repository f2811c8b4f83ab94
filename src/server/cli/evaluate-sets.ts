import type { Example } from '../data/example';
import { type MultiLabel, splitLabels } from '../data/multi-label';
import { eachAtTemperature } from '../inference/probabilities';
import { asDecisions, trustOf } from '../training/calibration';
import { classesOf, multiHot } from '../training/classes';
import { scoreSetFloor } from '../training/floor';
import { decide, meanBinaryCrossEntropy, scoreSets } from '../training/multi-label-metrics';
import { averagePrecision, rocAuc } from '../training/probability-metrics';
import { type EvaluationResult, calibrationResult } from './report';

/** Rows of several labels each, and what a model says of them. */
export interface JudgedSets {
  readonly examples: readonly Example[];
  readonly labels: readonly string[];
  /** A probability a label, row after row, of the bare model. */
  readonly bare: Float64Array;
  /** What its logits are divided by; 1 where it has no temperature. */
  readonly temperature: number;
  readonly multiLabel: MultiLabel;
  /** The rows that the model learnt from, for the floor. */
  readonly train?: readonly Example[] | undefined;
}

/** Judges several labels a row. @param batchSize rows of a batch whose mean losses are averaged for `loss` */
export function judgeSetRows(
  { examples, labels, bare, temperature, multiLabel, train }: JudgedSets,
  batchSize: number,
): Omit<EvaluationResult, 'global_step'> {
  const width = labels.length;
  const truth = multiHotOf(examples, labels, multiLabel);
  // As with one label a row: losses are the bare model's, all else is of the probabilities that the model shows.
  const probabilities = eachAtTemperature(bare, temperature);
  const trust = (of: Float64Array) => trustOf(asDecisions(of), Int32Array.from(truth));
  const [before, after] = [trust(bare), trust(probabilities)];
  const { accuracy, hammingLoss, samplesF1, micro, macro, weighted, perLabel } = scoreSets(
    truth,
    decide(probabilities),
    labels,
  );
  const column = <Data extends Float64Array | Uint8Array>(data: Data, id: number) =>
    Array.from(examples, (_, row) => data[row * width + id]!);
  const areas: number[] = [];
  const per_label = perLabel.map((label, id) => {
    const hits = column(truth, id).map(Boolean);
    const [area, precision] = [rocAuc(hits, column(probabilities, id)), averagePrecision(hits, column(probabilities, id))]; // prettier-ignore
    if (area !== undefined) areas.push(area);
    return {
      ...label,
      ...(area === undefined ? {} : { roc_auc: area }),
      ...(precision === undefined ? {} : { average_precision: precision }),
    };
  });
  const losses: number[] = [];
  for (let from = 0; from < examples.length; from += batchSize) {
    const [start, end] = [from * width, Math.min(examples.length, from + batchSize) * width];
    losses.push(meanBinaryCrossEntropy(bare.subarray(start, end), truth.subarray(start, end)));
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const floor = train && scoreSetFloor(train, examples, labels, multiLabel);
  return {
    eval_accuracy: accuracy,
    eval_loss: before.loss,
    loss: mean(losses),
    eval_macro_f1: macro.f1,
    eval_micro_f1: micro.f1,
    eval_samples_f1: samplesF1,
    eval_hamming_loss: hammingLoss,
    ...(areas.length === 0 ? {} : { eval_roc_auc: mean(areas) }),
    eval_calibration_error: after.error,
    ...(temperature === 1 ? {} : { calibration: calibrationResult(temperature, before, after) }),
    averages: { micro, macro, weighted },
    per_label,
    ...(floor ? { floor: { accuracy: floor.accuracy, macro_f1: floor.macro.f1 } } : {}),
    rows: examples.length,
  };
}

/** The labels that rows have. */
export function labelsOfRows(examples: readonly Example[], multiLabel: MultiLabel | undefined): string[][] {
  return examples.map(({ label = '' }) => (multiLabel ? splitLabels(label, multiLabel) : [label]));
}

function multiHotOf(examples: readonly Example[], labels: readonly string[], multiLabel: MultiLabel): Uint8Array {
  const { names, sets = [] } = classesOf(labels, examples, multiLabel);
  const ids = new Map(names.map((name, id) => [name, id]));
  return multiHot(
    examples.map(({ label = '' }) => ids.get(label)!),
    sets,
    labels.length,
  );
}
