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
    legend: legend(theme, [say.trainingLoss, say.heldOutLoss]),
    series: [
      lineOf(say.trainingLoss, train, theme.model, { thin: true, dots: train.length === 1 }),
      { ...lineOf(say.heldOutLoss, heldOut, theme.heldOut, { dots: true }), ...bestMark(metrics, theme, say) },
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
      axisLine: { show: true, lineStyle: { color: theme.line } },
    },
    yAxis: { ...axis, scale: true, axisLabel: { ...axis.axisLabel, formatter: (value: number) => format(value) } },
  };
}

/** `Step 12`, then a line for each series that has a value there. */
function tooltipOf(found: unknown, say: Phrases, format: (value: number | null) => string): string {
  const items = (Array.isArray(found) ? found : [found]) as { seriesName: string; value: Point }[];
  const step = items[0]?.value[0];
  return [`${say.step} ${step ?? ''}`, ...items.map(({ seriesName, value }) => `${seriesName}  ${format(value[1])}`)].join('\n'); // prettier-ignore
}

function lineOf(name: string, points: readonly Point[], color: string, style: { dots?: boolean; thin?: boolean }) {
  return {
    type: 'line' as const,
    name,
    data: points.map(([step, value]) => [step, value]),
    color,
    connectNulls: false,
    showSymbol: style.dots ?? false,
    symbol: 'circle',
    symbolSize: 7,
    lineStyle: { color, width: style.thin ? 1.5 : 2 },
  };
}

/** An upright line at the best checkpoint. */
function bestMark(metrics: RunMetrics, theme: ChartTheme, say: Phrases) {
  const best = metrics.evaluations.find((evaluation) => evaluation.best);
  if (!best) return {};
  return {
    markLine: {
      silent: true,
      symbol: 'none',
      animation: false,
      label: { formatter: say.best, color: theme.muted, fontFamily: theme.font, position: 'insideEndTop' as const },
      lineStyle: { color: theme.heldOut, type: 'dotted' as const, width: 1.5 },
      data: [{ xAxis: best.step }],
    },
  };
}
