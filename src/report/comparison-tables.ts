import type { RunComparison } from '../protocol/comparison';
import type { Interval, LabelCurves, LearningPoint, ProbabilityView } from '../protocol/metrics';
import { modelName } from '../protocol/hub';
import { mostDifferent, runNames } from './charts/comparison';
import { fileName } from './about';
import { count, nats, percent, points } from './numbers';
import type { Phrases } from './phrases';
import type { TextTable } from './tables';

const share = ({ value, low, high }: Interval, say: Phrases): string[] => [
  percent(value),
  say.intervalOf(percent(low), percent(high)),
];

/** Scores of every run on the common rows, and its difference from the first, with intervals: first by macro F1, then by accuracy. */
export function comparedScoreTable({ runs }: RunComparison, say: Phrases): TextTable {
  const names = runNames(runs);
  const gain = (interval: Interval | undefined): string =>
    interval === undefined
      ? ''
      : `${points(interval.value)} (${say.intervalOf(points(interval.low), points(interval.high))}) · ${isNoise(interval) ? say.noiseWord : say.beyondWord}`;
  const lines = (score: string, pick: (run: RunComparison['runs'][number]) => [Interval, Interval | undefined]) =>
    runs.map((run, at) => {
      const [own, difference] = pick(run);
      return [`${score} · ${names[at]!}`, ...share(own, say), gain(difference)];
    });
  return {
    caption: say.comparedScores,
    head: ['', '', say.interval, say.difference],
    numeric: [1, 2, 3],
    rows: [
      ...lines(say.macroF1, ({ macroF1, macroF1Gain }) => [macroF1, macroF1Gain]),
      ...lines(say.accuracy, ({ accuracy, accuracyGain }) => [accuracy, accuracyGain]),
    ],
  };
}

/** Whether a difference may be chance: its interval includes zero. */
export function isNoise({ low, high }: Interval): boolean {
  return low <= 0 && high >= 0;
}

/** F1 of every label in every run, those that differ most first. */
export function labelDifferenceTable(comparison: RunComparison, say: Phrases): TextTable {
  const { runs, labels, support } = comparison;
  const names = runNames(runs);
  return {
    caption: say.perLabel,
    head: [say.label, ...names, say.support],
    numeric: [...names.keys(), names.length].map((at) => at + 1),
    rows: mostDifferent(comparison).map((id) => [
      labels[id]!,
      ...runs.map(({ f1 }) => percent(f1[id])),
      count(support[id]!),
    ]),
  };
}

/** Scores of every run at each of its evaluations. */
export function evaluationsTable({ runs }: RunComparison, say: Phrases): TextTable {
  const names = runNames(runs);
  return {
    caption: say.evaluations,
    head: [say.run, say.step, say.macroF1, say.accuracy, say.loss],
    numeric: [1, 2, 3, 4],
    rows: runs.flatMap(({ evaluations }, at) =>
      evaluations.map(({ step, macroF1, accuracy, loss }) => [
        names[at]!,
        count(step),
        percent(macroF1),
        percent(accuracy),
        nats(loss),
      ]),
    ),
  };
}

/** The arguments that are not the same in all runs. */
export function argumentTable({ runs }: RunComparison, say: Phrases): TextTable {
  const names = [...new Set(runs.flatMap(({ arguments: given }) => Object.keys(given)))];
  const lines = [
    { name: say.data, values: runs.map(({ run }) => fileName(run.data)) },
    { name: say.base, values: runs.map(({ run }) => modelName(run.base)) },
    { name: say.trainingRows, values: runs.map(({ run }) => (run.rows ? count(run.rows.train) : '–')) },
    ...names.map((name) => ({ name, values: runs.map(({ arguments: given }) => String(given[name] ?? '–')) })),
  ];
  return {
    caption: say.argumentsDiffer,
    head: [say.argumentsTitle, ...runNames(runs)],
    numeric: [],
    rows: lines.filter(({ values }) => new Set(values).size > 1).map(({ name, values }) => [name, ...values]),
  };
}

/** The bins of a reliability diagram, with the temperature. */
export function reliabilityTable({ after }: ProbabilityView, say: Phrases): TextTable {
  return {
    caption: say.reliability,
    head: [say.confidence, say.accuracy, say.support],
    numeric: [0, 1, 2],
    rows: after.bins.map(({ confidence, accuracy, rows }) => [percent(confidence), percent(accuracy), count(rows)]),
  };
}

/** ROC area and average precision of every label that has curves. */
export function curveTable(curves: readonly LabelCurves[], say: Phrases): TextTable {
  return {
    caption: say.curves,
    head: [say.label, say.rocArea, say.averagePrecision, say.support],
    numeric: [1, 2, 3],
    rows: curves.map(({ label, rocAuc, averagePrecision, rows }) => [
      label,
      rocAuc.toFixed(4),
      averagePrecision.toFixed(4),
      count(rows),
    ]),
  };
}

/** The runs of a project by the rows that they learnt from. */
export function learningTable(learning: readonly LearningPoint[], say: Phrases): TextTable {
  return {
    caption: say.learning,
    head: [say.trainingRows, say.accuracy, say.macroF1, say.heldOutRows, say.run],
    numeric: [0, 1, 2, 3],
    rows: learning.map(({ rows, accuracy, macroF1, heldOut, folder }) => [
      count(rows),
      percent(accuracy),
      percent(macroF1),
      count(heldOut),
      fileName(folder),
    ]),
  };
}
