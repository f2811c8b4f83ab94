import type { EChartsOption } from 'echarts';
import type { RunMetrics } from '../../protocol/metrics';
import { nats, percent, rate } from '../numbers';
import type { Phrases } from '../phrases';
import { baseOption, gridWithin, legend, valueAxis, type ChartTheme } from './chart-theme';

type Point = readonly [step: number, value: number | null];

const GRID = gridWithin({ left: 8, right: 16, top: 34, bottom: 4 });

/** Loss over steps: of training as a line, of the held-out rows as points that are joined. What is no number is a gap. */
export function lossChart(metrics: RunMetrics, theme: ChartTheme, say: Phrases): EChartsOption {
  const train = metrics.steps.map(({ step, loss }): Point => [step, loss]);
  const heldOut = metrics.evaluations.map(({ step, loss }): Point => [step, loss]);
  return {
    ...baseOption(theme),
    ...overSteps(metrics, theme, say, nats),
    legend: legend(theme, [say.trainingLoss, ...(heldOut.length > 0 ? [say.heldOutLoss] : [])]),
    series: [
      lineOf(say.trainingLoss, train, theme.model, { thin: true, dots: train.length === 1 }),
      lineOf(say.heldOutLoss, heldOut, theme.heldOut, { dots: true, marked: best(metrics, theme, say) }),
    ],
  };
}

/** Learning rate over steps. */
export function learningRateChart(metrics: RunMetrics, theme: ChartTheme, say: Phrases): EChartsOption {
  const points = metrics.steps.map(({ step, learningRate }): Point => [step, learningRate]);
  return {
    ...baseOption(theme),
    ...overSteps(metrics, theme, say, rate),
    legend: legend(theme, [say.learningRate]),
    series: [lineOf(say.learningRate, points, theme.model, { dots: points.length === 1 })],
  };
}

/** Accuracy and macro F1 on the held-out rows at each evaluation, and the floor's accuracy as a line across. */
export function evaluationChart(metrics: RunMetrics, theme: ChartTheme, say: Phrases): EChartsOption {
  const { evaluations, judgement } = metrics;
  const floor = judgement && judgement.floor !== 'unknown' ? judgement.floor.accuracy.value : undefined;
  const floorLine = floor === undefined ? [] : [{ yAxis: floor, name: say.floor }];
  const values = evaluations.flatMap(({ accuracy, macroF1 }) => [accuracy, macroF1]);
  const least = Math.min(1, floor ?? 1, ...values.filter((value) => value !== null));
  const { yAxis, ...rest } = overSteps(metrics, theme, say, percent);
  return {
    ...baseOption(theme),
    ...rest,
    yAxis: { ...yAxis, min: Math.max(0, Math.floor(10 * least - 0.5) / 10), max: 1 },
    legend: legend(theme, [say.accuracy, say.macroF1]),
    series: [
      {
        ...lineOf(
          say.accuracy,
          evaluations.map(({ step, accuracy }): Point => [step, accuracy]),
          theme.model,
          { dots: true },
        ),
        markLine: {
          silent: true,
          symbol: 'none',
          animation: false,
          label: { position: 'insideStartTop', formatter: '{b}', color: theme.muted, fontFamily: theme.font },
          lineStyle: { color: theme.floor, type: 'dashed', width: 1.5 },
          data: floorLine,
        },
      },
      lineOf(
        say.macroF1,
        evaluations.map(({ step, macroF1 }): Point => [step, macroF1]),
        theme.heldOut,
        { dots: true },
      ),
    ],
  };
}

function overSteps(metrics: RunMetrics, theme: ChartTheme, say: Phrases, format: (value: number | null) => string) {
  const axis = valueAxis(theme);
  const last = metrics.steps.at(-1)?.step ?? 1;
  return {
    grid: GRID,
    tooltip: {
      ...baseOption(theme).tooltip,
      trigger: 'axis' as const,
      axisPointer: { type: 'line' as const, lineStyle: { color: theme.muted, type: 'dashed' as const } },
      formatter: (found: unknown) => tooltipOf(found, say, format),
    },
    xAxis: {
      ...axis,
      min: 0,
      max: Math.max(1, metrics.run.totalSteps ?? last, last),
      minInterval: 1,
      splitLine: { show: false },
      axisLabel: { ...axis.axisLabel, showMaxLabel: false },
      axisLine: { show: true, lineStyle: { color: theme.line } },
    },
    yAxis: {
      ...axis,
      scale: true,
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => short(format(value)) },
    },
  };
}

/** Without the zeros at the end that an axis need not show: `0.900` → `0.9`, `80.0%` → `80%`. */
function short(text: string): string {
  return text.replace(/(\.\d*?)0+(?=%?$)/, '$1').replace(/\.(?=%?$)/, '');
}

/** `Step 12`, then a line for each series that has a value there. */
function tooltipOf(found: unknown, say: Phrases, format: (value: number | null) => string): string {
  const items = (Array.isArray(found) ? found : [found]) as { seriesName: string; value: Point }[];
  const step = items[0]?.value[0];
  return [`${say.step} ${step ?? ''}`, ...items.map(({ seriesName, value }) => `${seriesName}  ${format(value[1])}`)].join('\n'); // prettier-ignore
}

/** How a line is drawn: with a dot at each point, thin, with one point marked. */
interface LineStyle {
  readonly dots?: boolean;
  readonly thin?: boolean;
  readonly marked?: { readonly step: number; readonly look: object } | undefined;
}

function lineOf(name: string, points: readonly Point[], color: string, style: LineStyle) {
  return {
    type: 'line' as const,
    name,
    data: points.map(([step, value]) =>
      step === style.marked?.step ? { value: [step, value], ...style.marked.look } : [step, value],
    ),
    color,
    connectNulls: false,
    showSymbol: style.dots ?? false,
    symbol: 'circle',
    symbolSize: 7,
    lineStyle: { color, width: style.thin ? 1.5 : 2 },
  };
}

/** The point of the best checkpoint: larger than the others, and named. */
function best(metrics: RunMetrics, theme: ChartTheme, say: Phrases): LineStyle['marked'] {
  const found = metrics.evaluations.find((evaluation) => evaluation.best);
  const label = { show: true, position: 'top', formatter: say.best, color: theme.text, fontFamily: theme.font };
  return found && { step: found.step, look: { symbolSize: 11, label } };
}
