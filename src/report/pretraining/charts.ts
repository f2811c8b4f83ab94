import type { EChartsOption } from 'echarts';
import type { MaskedPoint, PretrainingMetrics } from '../../protocol/pretraining-metrics';
import type { ChartTheme } from '../charts/chart-theme';
import { type NamedLine, lineChart } from '../charts/lines';
import { count, nats, percent, rate } from '../numbers';
import type { Phrases } from '../phrases';
import { perplexity, perplexityText } from './numbers';

type Course = Pick<PretrainingMetrics, 'steps' | 'judgements' | 'run'>;
type Points = NamedLine['points'];

/** Beyond this ratio of its greatest value to its least, perplexity is drawn by powers of ten. */
const WIDE = 20;

/** Loss of the masked words over steps: of training as a line, of the held-out documents as points that are joined. */
export function maskedLossChart(course: Course, theme: ChartTheme, say: Phrases): EChartsOption {
  const { steps, judgements } = course;
  const own = say.pretraining;
  const pair = steps.flatMap(({ step, pairLoss }) => (pairLoss === undefined ? [] : [[step, pairLoss] as const]));
  const lines: NamedLine[] = [
    { name: own.trainingLoss, color: theme.model, thin: true, points: steps.map(({ step, loss }) => [step, loss]) },
    ...(pair.length > 0 ? [{ name: own.pairLoss, color: theme.floor, thin: true, points: pair }] : []),
    ...(judgements.length > 0
      ? [{ name: own.heldOut, color: theme.heldOut, dots: true, points: over(judgements, ({ loss }) => loss) }]
      : []),
  ];
  return lineChart(lines, axes(course, say, nats), theme);
}

/** Share of the masked tokens of held-out documents that were found, over steps. */
export function maskedAccuracyChart(course: Course, theme: ChartTheme, say: Phrases): EChartsOption {
  const points = over(course.judgements, ({ accuracy }) => accuracy);
  const lines = [{ name: say.pretraining.maskedAccuracy, color: theme.heldOut, dots: true, points }];
  return lineChart(lines, axes(course, say, percent), theme);
}

/** Perplexity on held-out documents over steps. */
export function perplexityChart(course: Course, theme: ChartTheme, say: Phrases): EChartsOption {
  const points = over(course.judgements, ({ loss }) => perplexity(loss));
  const values = points.flatMap(([, value]) => value ?? []);
  const log = values.length > 0 && Math.max(...values) > WIDE * Math.min(...values);
  const lines = [{ name: say.pretraining.perplexity, color: theme.heldOut, dots: true, points }];
  const { x, y } = axes(course, say, count);
  return lineChart(lines, { x, y: { ...y, format: (value) => perplexityText(value), log } }, theme);
}

/** Learning rate over steps. */
export function learningRateChart(course: Course, theme: ChartTheme, say: Phrases): EChartsOption {
  const points: Points = course.steps.map(({ step, learningRate }) => [step, learningRate]);
  return lineChart([{ name: say.learningRate, color: theme.model, points }], axes(course, say, rate), theme);
}

/** Tokens a second over steps. */
export function tokenRateChart(course: Course, theme: ChartTheme, say: Phrases): EChartsOption {
  const points: Points = course.steps.map(({ step, tokensPerSecond }) => [step, tokensPerSecond]);
  const lines = [{ name: say.pretraining.tokenRate, color: theme.model, points }];
  return lineChart(
    lines,
    axes(course, say, (value) => count(Math.round(value))),
    theme,
  );
}

function over(judgements: readonly MaskedPoint[], value: (point: MaskedPoint) => number | null): Points {
  return judgements.map((point) => [point.step, value(point)]);
}

function axes({ steps, run }: Course, say: Phrases, format: (value: number) => string) {
  const max = Math.max(1, run.totalSteps ?? 1, steps.at(-1)?.step ?? 1);
  return { x: { name: say.step, min: 0, max, format: count }, y: { format } };
}
