import type { EChartsOption } from 'echarts';

/** Colours and font of a picture; CSS colours as text. */
export interface ChartTheme {
  readonly font: string;
  readonly text: string;
  /** Names of axes, secondary text. */
  readonly muted: string;
  /** Lines of the grid. */
  readonly line: string;
  readonly background: string;
  /** The model; its held-out scores. */
  readonly model: string;
  readonly heldOut: string;
  /** The floor. */
  readonly floor: string;
  /** Right and wrong predictions. */
  readonly right: string;
  readonly wrong: string;
  /** Lines that are told apart: runs beside each other. */
  readonly series: readonly string[];
  /** Outline of areas where a high-contrast theme asks for one. */
  readonly outline?: string;
}

/** The report's own: dark on white, legible in print. */
export const PAPER: ChartTheme = {
  // Without double quotes: ECharts writes it into an attribute as it is.
  font: "system-ui, -apple-system, 'Segoe UI', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif",
  text: '#1f2328',
  muted: '#59636e',
  line: '#e3e6ea',
  background: '#ffffff',
  model: '#2563eb',
  heldOut: '#b45309',
  floor: '#6b7280',
  right: '#15803d',
  wrong: '#c2410c',
  series: ['#2563eb', '#b45309', '#15803d', '#7c3aed', '#be123c', '#475569'],
};

/** What every picture shares. Tooltips are drawn on the canvas: no text of a file ever becomes HTML. */
export function baseOption(theme: ChartTheme): EChartsOption {
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: theme.font, color: theme.text, fontSize: 12 },
    tooltip: {
      renderMode: 'richText',
      confine: true,
      backgroundColor: theme.background,
      borderColor: theme.outline ?? theme.line,
      borderWidth: 1,
      padding: [6, 10],
      textStyle: { color: theme.text, fontFamily: theme.font, fontSize: 12 },
    },
  };
}

/** The place of the axes: `edges` are kept free outside their labels. */
export function gridWithin(edges: {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}) {
  return { ...edges, outerBoundsMode: 'same' as const, outerBoundsContain: 'axisLabel' as const };
}

/** A value axis in the theme's colours. */
export function valueAxis(theme: ChartTheme) {
  return {
    type: 'value' as const,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: theme.muted, fontFamily: theme.font, hideOverlap: true },
    // The lines of a high-contrast theme would outshine what they lie behind.
    splitLine: { lineStyle: { color: theme.line, opacity: theme.outline === undefined ? 1 : 0.4 } },
    nameTextStyle: { color: theme.muted, fontFamily: theme.font },
  };
}

/** A legend above the picture, on the left: a report is drawn without its reader's font, and wider letters would be cut off at the right edge. */
export function legend(theme: ChartTheme, names: readonly string[]) {
  return {
    show: true,
    top: 0,
    left: 0,
    itemGap: 28,
    itemWidth: 14,
    itemHeight: 8,
    icon: 'roundRect',
    selectedMode: false as const,
    textStyle: { color: theme.text, fontFamily: theme.font },
    data: [...names],
  };
}
