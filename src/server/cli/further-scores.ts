import { confidencesOf } from '../training/calibration';
import { labelMetrics } from '../training/label-metrics';
import type { Scores } from '../training/metrics';
import { averagePrecision, reliability, rocAuc } from '../training/probability-metrics';

/** Scores beside accuracy and loss; the ROC area is the positive label's where there is one, else the mean over the labels that have one. */
export function furtherScores(
  scores: Scores,
  probabilities: Float64Array,
  truth: Int32Array,
  positive: string | undefined,
) {
  const width = scores.perLabel.length;
  const column = (id: number) => Float64Array.from(truth, (_, row) => probabilities[row * width + id]!);
  const perLabel = scores.perLabel.map((label, id) => {
    const hits = Array.from(truth, (own) => own === id);
    const area = rocAuc(hits, column(id));
    const precision = averagePrecision(hits, column(id));
    return {
      ...label,
      ...(area === undefined ? {} : { roc_auc: area }),
      ...(precision === undefined ? {} : { average_precision: precision }),
    };
  });
  const chosen = perLabel.find(({ label }) => label === positive);
  const areas = perLabel.flatMap(({ roc_auc: area }) => area ?? []);
  const area = chosen
    ? chosen.roc_auc
    : areas.length === 0
      ? undefined
      : areas.reduce((a, b) => a + b, 0) / areas.length;
  const { balancedAccuracy, mcc, micro, macro, weighted } = labelMetrics(scores);
  return {
    ...(chosen === undefined
      ? {}
      : {
          positive: chosen.label,
          eval_positive_precision: chosen.precision,
          eval_positive_recall: chosen.recall,
          eval_positive_f1: chosen.f1,
        }),
    ...(area === undefined ? {} : { eval_roc_auc: area }),
    eval_balanced_accuracy: balancedAccuracy,
    eval_mcc: mcc,
    eval_calibration_error: reliability(...confidencesOf(probabilities, truth)).error,
    averages: { micro, macro, weighted },
    per_label: perLabel,
  };
}
