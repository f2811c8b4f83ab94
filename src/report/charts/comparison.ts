import type { EChartsOption } from 'echarts';
import type { ComparedRun, RunComparison } from '../../protocol/comparison';
import type { Interval } from '../../protocol/metrics';
import { brief, nats, percent, points } from '../numbers';
import type { Phrases } from '../phrases';
import { baseOption, gridWithin, legend, valueAxis, type ChartTheme } from './chart-theme';
import { whisker } from './intervals';
import { lineChart, styleOf } from './lines';

/** Most labels in the picture: those whose F1 differs most. The table has all. */
export const MOST_DIFFERENCES = 30;

/** Names of the compared runs, told apart. */
export function runNames(runs: readonly Pick<ComparedRun, 'run'>[]): string[] {
  const own = runs.map(({ run }) => brief(run.name ?? shortId(run.id), 24));
  return own.map((name, at) => (own.indexOf(name) === own.lastIndexOf(name) ? name : `${name} (${at + 1})`));
}

/** `11-25 19:56` of an id that begins with its time (`newRunId`); another is told whole. */
function shortId(id: string): string {
  const [, day, hour, minute] = /^\d{4}-(\d\d-\d\d)-(\d\d)(\d\d)\d\d-/.exec(id) ?? [];
  return day === undefined ? id : `${day} ${hour}:${minute}`;
}

/** Training loss of every run over its steps. */
export function lossesChart({ runs }: RunComparison, theme: ChartTheme, say: Phrases): EChartsOption {
  const names = runNames(runs);
  const lines = runs.map(({ steps }, at) => ({
    name: names[at]!,
    ...styleOf(at, theme),
    thin: true,
    points: steps.map(({ step, loss }) => [step, loss] as const),
  }));
  return lineChart(lines, { x: { name: say.step, min: 0, format: String }, y: { format: nats } }, theme);
}

/** Macro F1 of every run at each evaluation, on its own held-out rows. */
export function evaluationsChart({ runs }: RunComparison, theme: ChartTheme, say: Phrases): EChartsOption {
  const names = runNames(runs);
  const lines = runs.map(({ evaluations }, at) => ({
    name: names[at]!,
    ...styleOf(at, theme),
    dots: true,
    points: evaluations.map(({ step, macroF1 }) => [step, macroF1] as const),
  }));
  const short = (value: number): string => percent(value).replace('.0%', '%');
  return lineChart(lines, { x: { name: say.step, min: 0, format: String }, y: { max: 1, format: short } }, theme);
}

/** Macro F1 and accuracy of every run on the common rows, each with its interval. */
export function comparedScoresChart({ runs }: RunComparison, theme: ChartTheme, say: Phrases): EChartsOption {
  const names = runNames(runs);
  const rows = [say.macroF1, say.accuracy];
  const all = runs.flatMap(({ macroF1, accuracy }) => [macroF1, accuracy]);
  const axis = valueAxis(theme);
  return {
    ...baseOption(theme),
    grid: gridWithin({ left: 8, right: 24, top: 34, bottom: 4 }),
    legend: legend(theme, names),
    tooltip: {
      ...baseOption(theme).tooltip,
      formatter: (found: unknown) => {
        const { seriesName, value } = found as { seriesName: string; value: [number, number, number, number] };
        const [row, score, low, high] = value;
        return `${seriesName} · ${rows[row] ?? ''}\n${percent(score)}  [${percent(low)}, ${percent(high)}]`;
      },
    },
    xAxis: {
      ...axis,
      min: Math.max(0, Math.floor(10 * Math.min(...all.map(({ low }) => low)) - 0.1) / 10),
      max: 1,
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => percent(value).replace('.0%', '%') },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: theme.text, fontFamily: theme.font },
    },
    series: runs.map(({ macroF1, accuracy }, at) => {
      const { color } = styleOf(at, theme);
      const value = ({ value: score, low, high }: Interval, row: number) => [row, score, low, high];
      return {
        type: 'custom' as const,
        name: names[at]!,
        color,
        renderItem: whisker(color, SPREAD * (at - (runs.length - 1) / 2)),
        data: [value(macroF1, 0), value(accuracy, 1)],
        encode: { x: [1, 2, 3], y: 0 },
      };
    }),
  };
}

/** Pixels between the whiskers of two runs. */
const SPREAD = 16;

/** Labels whose F1 differs between runs, those that differ most first; of equal ones the more frequent. */
export function mostDifferent({ runs, support }: Pick<RunComparison, 'runs' | 'support'>): number[] {
  const spread = (id: number): number => {
    const scores = runs.map(({ f1 }) => f1[id] ?? 0);
    return Math.max(...scores) - Math.min(...scores);
  };
  const ids = support.map((_, id) => id).filter((id) => support[id]! > 0 || spread(id) > 0);
  return ids.sort((a, b) => spread(b) - spread(a) || support[b]! - support[a]!);
}

/** F1 of each label less the first run's, a bar a run. */
export function labelDifferenceChart(comparison: RunComparison, theme: ChartTheme, say: Phrases): EChartsOption {
  const { runs, labels, support } = comparison;
  const shown = mostDifferent(comparison).slice(0, MOST_DIFFERENCES);
  const names = runNames(runs);
  const axis = valueAxis(theme);
  return {
    ...baseOption(theme),
    grid: gridWithin({ left: 8, right: 24, top: 34, bottom: 4 }),
    legend: legend(theme, names.slice(1)),
    tooltip: {
      ...baseOption(theme).tooltip,
      formatter: (found: unknown) => {
        const { seriesName, dataIndex, value } = found as { seriesName: string; dataIndex: number; value: number };
        return `${brief(labels[shown[dataIndex]!] ?? '', 40)}\n${seriesName} − ${names[0]}\n${say.f1} ${points(value)}`;
      },
    },
    xAxis: { ...axis, axisLabel: { ...axis.axisLabel, formatter: (value: number) => points(value).replace('.0', '') } },
    yAxis: {
      type: 'category',
      inverse: true,
      data: shown.map((id) => `${brief(labels[id] ?? '', 18)}  (${support[id]})`),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: theme.text, fontFamily: theme.font, interval: 0 },
    },
    series: runs.slice(1).map(({ f1 }, at) => ({
      type: 'bar' as const,
      name: names[at + 1]!,
      color: styleOf(at + 1, theme).color,
      barMaxWidth: 12,
      data: shown.map((id) => (f1[id] ?? 0) - (runs[0]!.f1[id] ?? 0)),
    })),
  };
}
