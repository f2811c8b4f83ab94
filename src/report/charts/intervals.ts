import type { CustomSeriesRenderItem, EChartsOption } from 'echarts';
import type { Interval, Judgement } from '../../protocol/metrics';
import { percent } from '../numbers';
import type { Phrases } from '../phrases';
import { baseOption, gridWithin, legend, valueAxis, type ChartTheme } from './chart-theme';

/** Rows of the picture from the top: accuracy and macro F1 of the model, and below each the floor's. */
export function intervalChart(
  { accuracy, macroF1, floor }: Pick<Judgement, 'accuracy' | 'macroF1' | 'floor'>,
  theme: ChartTheme,
  say: Phrases,
): EChartsOption {
  const floors = floor === 'unknown' ? [] : [floor.accuracy, floor.macroF1];
  const all = [accuracy, macroF1, ...floors];
  const least = Math.min(...all.map(({ low, value }) => Math.min(low, value)));
  const axis = valueAxis(theme);
  const series = (name: string, color: string, values: readonly Interval[], shift: number) => ({
    type: 'custom' as const,
    name,
    color,
    renderItem: whisker(color, shift),
    data: values.map(({ value, low, high }, row) => [row, value, low, high]),
    encode: { x: [1, 2, 3], y: 0 },
  });
  return {
    ...baseOption(theme),
    grid: gridWithin({ left: 8, right: 24, top: 34, bottom: 4 }),
    legend: legend(theme, floors.length > 0 ? [say.model, say.floor] : [say.model]),
    tooltip: {
      ...baseOption(theme).tooltip,
      formatter: (found: unknown) => {
        const { seriesName, value } = found as { seriesName: string; value: [number, number, number, number] };
        const [row, score, low, high] = value;
        return `${seriesName} · ${row === 0 ? say.accuracy : say.macroF1}\n${percent(score)}  [${percent(low)}, ${percent(high)}]`;
      },
    },
    xAxis: {
      ...axis,
      min: Math.max(0, Math.floor(10 * least - 0.1) / 10),
      interval: 0.1,
      max: 1,
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => percent(value).replace('.0%', '%') },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: [say.accuracy, say.macroF1],
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: theme.text, fontFamily: theme.font },
    },
    series: [
      series(say.model, theme.model, [accuracy, macroF1], floors.length > 0 ? -10 : 0),
      ...(floors.length > 0 ? [series(say.floor, theme.floor, floors, 10)] : []),
    ],
  };
}

/** A dot at the score, a line from the lower to the upper end of its interval with a stop at each, and the score written above. */
export function whisker(color: string, shift: number): CustomSeriesRenderItem {
  return (_params, api) => {
    const place = (dimension: number): [number, number] => {
      const [x = 0, y = 0] = api.coord([api.value(dimension), api.value(0)]);
      return [x, y + shift];
    };
    const [[x, y], [low], [high]] = [place(1), place(2), place(3)];
    const stroke = { stroke: color, lineWidth: 2, fill: 'none' };
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: 'line' as const,
      shape: { x1, y1, x2, y2 },
      style: stroke,
    });
    return {
      type: 'group',
      children: [
        line(low, y, high, y),
        line(low, y - 4, low, y + 4),
        line(high, y - 4, high, y + 4),
        { type: 'circle', shape: { cx: x, cy: y, r: 5 }, style: { fill: color } },
      ],
    };
  };
}
