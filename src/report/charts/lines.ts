import type { EChartsOption } from 'echarts';
import { baseOption, gridWithin, legend, valueAxis, type ChartTheme } from './chart-theme';

/** A line of a picture: a name, a colour, points. What is no number is a gap. */
export interface NamedLine {
  readonly name: string;
  readonly color: string;
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /** How it is told from others without its colour. */
  readonly dash?: 'solid' | 'dashed' | 'dotted';
  /** Whether each point has a dot; one without has a dot in any case where it is alone. */
  readonly dots?: boolean;
  readonly thin?: boolean;
  /** Dots alone, joined by no line. */
  readonly scattered?: boolean;
}

/** What the axes say. */
export interface LineAxes {
  readonly x: { readonly name: string; readonly min?: number; readonly max?: number; readonly format: (value: number) => string }; // prettier-ignore
  /** `log`: by powers of ten, of positive numbers alone. */
  readonly y: { readonly name?: string; readonly min?: number; readonly max?: number; readonly log?: boolean; readonly format: (value: number) => string }; // prettier-ignore
}

/** Lines over numbers on both axes, with a legend of those whose names are told. */
export function lineChart(lines: readonly NamedLine[], { x, y }: LineAxes, theme: ChartTheme): EChartsOption {
  const axis = valueAxis(theme);
  const format = (value: number): string => y.format(value);
  const names = [...new Set(lines.map(({ name }) => name))];
  return {
    ...baseOption(theme),
    // Long names fill the legend's lines sooner.
    grid: gridWithin({ left: y.name === undefined ? 8 : 26, right: 16, top: 34 + 18 * Math.floor(names.join('').length / 60), bottom: 22 }), // prettier-ignore
    legend: legend(theme, names),
    tooltip: {
      ...baseOption(theme).tooltip,
      trigger: 'item',
      formatter: (found: unknown) => {
        const { seriesName, value } = found as { seriesName: string; value: [number, number] };
        return `${seriesName}\n${x.name} ${x.format(value[0])}\n${y.name === undefined ? '' : `${y.name} `}${format(value[1])}`;
      },
    },
    xAxis: {
      ...axis,
      ...ends(x),
      name: x.name,
      nameLocation: 'middle',
      nameGap: 24,
      splitLine: { show: false },
      axisLine: { show: true, lineStyle: { color: theme.line } },
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => x.format(value) },
    },
    yAxis: {
      ...axis,
      ...(y.log ? { type: 'log' as const } : {}),
      ...ends(y),
      scale: true,
      ...(y.name === undefined ? {} : { name: y.name, nameLocation: 'middle' as const, nameGap: 44 }), // prettier-ignore
      axisLabel: { ...axis.axisLabel, formatter: format },
    },
    series: lines.map(({ name, color, points, dash = 'solid', dots = false, thin = false, scattered = false }) => ({
      type: 'line' as const,
      name,
      color,
      data: points.map(([at, value]) => [at, value]),
      connectNulls: false,
      showSymbol: dots || scattered || points.length === 1,
      symbol: 'circle',
      symbolSize: 7,
      lineStyle: { color, width: scattered ? 0 : thin ? 1.5 : 2, type: dash },
    })),
  };
}

/** Bounds of an axis, where it has some. */
function ends({ min, max }: { readonly min?: number; readonly max?: number }) {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** The line of a run among others: each has a colour and, beyond three, another dash too. */
export function styleOf(at: number, theme: ChartTheme): Pick<NamedLine, 'color' | 'dash'> {
  const dash = (['solid', 'dashed', 'dotted'] as const)[at % 3]!;
  return { color: theme.series[at % theme.series.length]!, dash };
}
