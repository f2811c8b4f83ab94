import type { EChartsOption } from 'echarts';
import { PAPER, baseOption, valueAxis } from '../../../src/report/charts/chart-theme';
import { type Comparison, spread } from './results';

/** Height of the picture of a comparison, in pixels. */
export const chartHeight = ({ measured }: Comparison): number => 60 + 30 * measured.length;

/** A bar for the median of each contestant, a line from its worst to its best round; Rowlight's in colour, torch's and others' grey. */
export function comparisonChart({ measured, unit, more }: Comparison): EChartsOption {
  const shown = measured.map(({ name, ours, samples }) => ({ name, ours, ...spread(samples) }));
  shown.sort((a, b) => (more ? b.middle - a.middle : a.middle - b.middle));
  const axis = valueAxis(PAPER);
  return {
    ...baseOption(PAPER),
    grid: { left: 250, right: 60, top: 8, bottom: 48 },
    xAxis: { ...axis, name: unit, nameLocation: 'middle', nameGap: 26, min: 0 },
    yAxis: {
      type: 'category',
      inverse: true,
      data: shown.map(({ name }) => name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: PAPER.text, fontFamily: PAPER.font, interval: 0 },
    },
    series: [
      {
        type: 'bar',
        barWidth: 16,
        data: shown.map(({ middle, ours }) => ({
          value: middle,
          itemStyle: { color: ours ? PAPER.model : '#b9bfc7', borderRadius: 2 },
        })),
      },
      {
        type: 'custom',
        z: 5,
        data: shown.map(({ low, high }, row) => [low, high, row]),
        encode: { x: [0, 1], y: 2 },
        renderItem: (_, api) => {
          const [from, to] = [api.coord([api.value(0), api.value(2)]), api.coord([api.value(1), api.value(2)])];
          const style = { stroke: PAPER.text, lineWidth: 1 };
          const line = (x1: number, y1: number, x2: number, y2: number) => ({
            type: 'line' as const,
            shape: { x1, y1, x2, y2 },
            style,
          });
          const [x1 = 0, y = 0, x2 = 0] = [from[0], from[1], to[0]];
          return {
            type: 'group',
            children: [line(x1, y, x2, y), line(x1, y - 4, x1, y + 4), line(x2, y - 4, x2, y + 4)],
          };
        },
      },
      // The figure stands behind the longest of bar and line.
      {
        type: 'scatter',
        symbolSize: 0,
        data: shown.map(({ high }, row) => [Math.max(high, 0), row]),
        label: {
          show: true,
          position: 'right',
          color: PAPER.text,
          fontFamily: PAPER.font,
          formatter: ({ dataIndex }) => figure(shown[dataIndex]!.middle),
        },
      },
    ],
  };
}

/** A figure with three digits that matter. @param largest what stands beside it */
export const figure = (value: number, largest = value): string =>
  largest >= 100 ? Math.round(value).toLocaleString('en') : largest >= 10 ? value.toFixed(1) : value.toFixed(2);
