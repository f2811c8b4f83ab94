import type { CurvePoint, LabelCurves } from '../../protocol/metrics';
import { type ReliabilityBin, averagePrecision, reliability, rocAuc } from './probability-metrics';
import { allAtTemperature, confidencesOf } from './calibration';
import { multiHot } from './classes';

/** Whether confidences may be believed, before and after the temperature. */
export interface CalibrationView {
  /** 1 where the model has none. */
  readonly temperature: number;
  readonly before: { readonly bins: readonly ReliabilityBin[]; readonly error: number };
  readonly after: { readonly bins: readonly ReliabilityBin[]; readonly error: number };
}

/** Most labels that get curves: those with the most rows. */
const MOST_LABELS = 20;

/** Most points of a curve. */
const MOST_POINTS = 120;

/**
 * The curves of the most frequent labels, those without rows on both sides left out.
 * @param probabilities `[rows, labels]`, flat @param truth a label id a row, or the number of its set in `sets`
 */
export function labelCurves(
  probabilities: Float64Array,
  truth: Int32Array,
  labels: readonly string[],
  sets: readonly (readonly number[])[] = labels.map((_, id) => [id]),
): LabelCurves[] {
  const width = labels.length;
  const hot = multiHot(truth, sets, width);
  const support = labels.map((_, id) => truth.reduce((sum, _own, row) => sum + hot[row * width + id]!, 0));
  const chosen = labels.map((_, id) => id).sort((a, b) => support[b]! - support[a]! || a - b).slice(0, MOST_LABELS); // prettier-ignore
  return chosen.flatMap((id): LabelCurves[] => {
    const hits = Array.from(truth, (_, row) => hot[row * width + id] === 1);
    const scores = Float64Array.from(truth, (_, row) => probabilities[row * width + id]!);
    const area = rocAuc(hits, scores);
    if (area === undefined) return [];
    return [
      {
        label: labels[id]!,
        rows: support[id]!,
        rocAuc: area,
        averagePrecision: averagePrecision(hits, scores)!,
        ...curvesOf(hits, scores),
      },
    ];
  });
}

/** Compares confidences with accuracy before and after a temperature. @param bare probabilities of the bare model */
export function calibrationView(bare: Float64Array, truth: Int32Array, temperature: number): CalibrationView {
  const width = truth.length === 0 ? 1 : bare.length / truth.length;
  return {
    temperature,
    before: reliability(...confidencesOf(bare, truth)),
    after: reliability(...confidencesOf(allAtTemperature(bare, width, temperature), truth)),
  };
}

/**
 * ROC and precision-recall curve, a point for each score that occurs, thinned where they are many. A precision-recall curve begins with the precision of the
 * highest score at recall 0. Needs rows of both kinds.
 */
export function curvesOf(
  hits: readonly boolean[],
  scores: ArrayLike<number>,
): Pick<LabelCurves, 'roc' | 'precisionRecall'> {
  const order = hits.map((_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
  const positives = hits.filter(Boolean).length;
  const negatives = hits.length - positives;
  const roc: CurvePoint[] = [[0, 0]];
  const precisionRecall: CurvePoint[] = [];
  let found = 0;
  order.forEach((row, at) => {
    found += Number(hits[row]);
    const next = order[at + 1];
    if (next !== undefined && scores[next] === scores[row]) return;
    roc.push([(at + 1 - found) / negatives, found / positives]);
    if (precisionRecall.length === 0) precisionRecall.push([0, found / (at + 1)]);
    precisionRecall.push([found / positives, found / (at + 1)]);
  });
  return { roc: thinned(roc), precisionRecall: thinned(precisionRecall) };
}

/** Evenly spread points, the first and the last among them. */
function thinned(points: readonly CurvePoint[]): CurvePoint[] {
  if (points.length <= MOST_POINTS) return [...points];
  const step = (points.length - 1) / (MOST_POINTS - 1);
  return Array.from({ length: MOST_POINTS }, (_, at) => points[Math.round(at * step)]!);
}
