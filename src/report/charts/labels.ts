import type { EChartsOption } from 'echarts';
import type { LabelScores } from '../../protocol/metrics';
import { brief, count, percent } from '../numbers';
import type { Phrases } from '../phrases';
import { baseOption, gridWithin, legend, valueAxis, type ChartTheme } from './chart-theme';

/** The most labels that the picture shows: the weakest. The table has all. */
export const MOST_BARS = 30;

/** The labels as the picture shows them: those that have rows or were predicted, the weakest first. */
export function weakestFirst(scores: readonly LabelScores[]): LabelScores[] {
  return scores
    .filter(({ support, precision }) => support > 0 || precision > 0)
    .sort((a, b) => a.f1 - b.f1 || b.support - a.support)
    .slice(0, MOST_BARS);
}

/** F1 of each label as a bar, precision and recall as marks on it, the number of rows behind the name. */
export function labelChart(scores: readonly LabelScores[], theme: ChartTheme, say: Phrases): EChartsOption {
  const shown = weakestFirst(scores);
  const axis = valueAxis(theme);
  const mark = (name: string, symbol: string, pick: (score: LabelScores) => number) => ({
    type: 'scatter' as const,
    name,
    symbol,
    symbolSize: 9,
    color: theme.text,
    itemStyle: { color: theme.background, borderColor: theme.text, borderWidth: 1.5 },
    data: shown.map(pick),
  });
  return {
    ...baseOption(theme),
    grid: gridWithin({ left: 8, right: 16, top: 34, bottom: 4 }),
    legend: {
      ...legend(theme, []),
      data: [
        { name: say.f1, icon: 'roundRect' },
        { name: say.precision, icon: 'diamond' },
        { name: say.recall, icon: 'circle' },
      ],
    },
    tooltip: {
      ...baseOption(theme).tooltip,
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      formatter: (found: unknown) => {
        const score = shown[(found as { dataIndex: number }[])[0]?.dataIndex ?? -1];
        if (!score) return '';
        return [
          brief(score.label, 40),
          `${say.f1}  ${percent(score.f1)}`,
          `${say.precision}  ${percent(score.precision)}`,
          `${say.recall}  ${percent(score.recall)}`,
          `${say.support}  ${count(score.support)}`,
        ].join('\n');
      },
    },
    xAxis: {
      ...axis,
      min: 0,
      max: 1,
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => percent(value).replace('.0%', '%') },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: shown.map(({ label, support }) => `${brief(label, 18)}  (${count(support)})`),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: theme.text, fontFamily: theme.font, interval: 0 },
    },
    series: [
      {
        type: 'bar',
        name: say.f1,
        barWidth: 14,
        color: theme.model,
        itemStyle: {
          borderRadius: 2,
          ...(theme.outline === undefined ? {} : { borderColor: theme.outline, borderWidth: 1 }),
        },
        data: shown.map(({ f1 }) => f1),
      },
      mark(say.precision, 'diamond', ({ precision }) => precision),
      mark(say.recall, 'circle', ({ recall }) => recall),
    ],
  };
}
