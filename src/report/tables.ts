import type { HeldOutRow, Judgement, RunMetrics } from '../protocol/metrics';
import { count, nats, percent, points, rate } from './numbers';
import type { Phrases } from './phrases';

/** A table as text: the same behind the pictures of the page and in the report. Columns named in `numeric` hold numbers. */
export interface TextTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Positions of the columns that are set right. */
  readonly numeric: readonly number[];
}

/** Accuracy and macro F1 of the model and the floor, and their difference, with intervals. */
export function scoreTable({ accuracy, macroF1, floor, sets }: Judgement, say: Phrases): TextTable {
  const known = floor === 'unknown' ? undefined : floor;
  const share = (interval: Judgement['accuracy']): string[] => [
    percent(interval.value),
    say.intervalOf(percent(interval.low), percent(interval.high)),
  ];
  const gain = ({ value, low, high }: Judgement['accuracy']): string[] => [
    points(value),
    say.intervalOf(points(low), points(high)),
  ];
  const name = (model: string, score: string): string => `${model} · ${score}`;
  return {
    caption: say.scores,
    head: ['', '', say.interval],
    numeric: [1, 2],
    rows: [
      [name(say.model, say.accuracy), ...share(accuracy)],
      ...(known ? [[name(say.floor, say.accuracy), ...share(known.accuracy)]] : []),
      ...(known ? [[`${say.model} − ${say.floor} · ${say.accuracy}`, ...gain(known.accuracyGain)]] : []),
      [name(say.model, say.macroF1), ...share(macroF1)],
      ...(known ? [[name(say.floor, say.macroF1), ...share(known.macroF1)]] : []),
      ...(known ? [[`${say.model} − ${say.floor} · ${say.macroF1}`, ...gain(known.macroF1Gain)]] : []),
      ...(sets ? [[name(say.model, say.microF1), percent(sets.microF1), '']] : []),
      ...(sets ? [[name(say.model, say.wrongDecisions), percent(sets.hammingLoss), '']] : []),
    ],
  };
}

/** Training loss and learning rate, step by step (as thinned as the picture is). */
export function stepTable({ steps }: Pick<RunMetrics, 'steps'>, say: Phrases): TextTable {
  return {
    caption: say.training,
    head: [say.step, say.trainingLoss, say.learningRate],
    numeric: [0, 1, 2],
    rows: steps.map(({ step, loss, learningRate }) => [count(step), nats(loss), rate(learningRate)]),
  };
}

/** The scores at each evaluation; the best is marked. */
export function evaluationTable({ evaluations }: Pick<RunMetrics, 'evaluations'>, say: Phrases): TextTable {
  return {
    caption: say.evaluations,
    head: [say.step, say.accuracy, say.macroF1, say.loss, ''],
    numeric: [0, 1, 2, 3],
    rows: evaluations.map(({ step, accuracy, macroF1, loss, best }) => [
      count(step),
      percent(accuracy),
      percent(macroF1),
      nats(loss),
      best ? say.best : '',
    ]),
  };
}

/** Precision, recall, F1 and support of every label, in the order of the label set. */
export function labelTable({ perLabel }: Pick<Judgement, 'perLabel'>, say: Phrases): TextTable {
  return {
    caption: say.perLabel,
    head: [say.label, say.precision, say.recall, say.f1, say.support],
    numeric: [1, 2, 3, 4],
    rows: perLabel.map(({ label, precision, recall, f1, support }) => [
      label,
      percent(precision),
      percent(recall),
      percent(f1),
      count(support),
    ]),
  };
}

/** How often each label is missing and how often extra, of several labels a row. */
export function wrongLabelTable({ labels, sets }: Pick<Judgement, 'labels' | 'sets'>, say: Phrases): TextTable {
  return {
    caption: say.wrongLabels,
    head: [say.label, say.missing, say.extra],
    numeric: [1, 2],
    rows: labels.map((label, id) => {
      const { missing = 0, extra = 0 } = sets?.errors[id] ?? {};
      return [label, count(missing), count(extra)];
    }),
  };
}

/** Rows of data with what the model said of them. */
export function rowTable(rows: readonly HeldOutRow[], caption: string, say: Phrases): TextTable {
  return {
    caption,
    head: [say.line, say.text, say.label, say.prediction, say.probability, say.second],
    numeric: [0, 4],
    rows: rows.map((row) => [
      row.line === null ? '–' : String(row.line + 1),
      row.text ?? say.gone,
      labelText(row, say),
      row.prediction,
      percent(row.probability),
      secondText(row),
    ]),
  };
}

/** The label that a row was judged by, and the one it has now where that is another. */
export function labelText({ label, labelNow }: HeldOutRow, say: Phrases): string {
  return labelNow === undefined ? label : `${label} (${say.labelNow(labelNow || say.unlabelled)})`;
}

/** `治安管理 12.0%`; of several labels a row those that are missing and those that are extra: `−甲 +乙`. */
export function secondText({ second, secondProbability, missing = [], extra = [] }: HeldOutRow): string {
  const wrong = [...missing.map((label) => `−${label}`), ...extra.map((label) => `+${label}`)];
  if (wrong.length > 0) return wrong.join(' ');
  return second === undefined ? '' : `${second} ${percent(secondProbability)}`;
}
