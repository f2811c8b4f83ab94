import type { CustomSeriesRenderItem, EChartsOption } from 'echarts';
import type { ConfusionCell, Judgement } from '../../protocol/metrics';
import { shownLabels } from '../confusions';
import { brief } from '../numbers';
import type { Phrases } from '../phrases';
import { baseOption, gridWithin, type ChartTheme } from './chart-theme';

/** The most labels a side. */
export const MOST_LABELS = 24;

/**
 * Labels down, predictions across; a cell's number is its rows, its depth the share of its label's rows. Right ones lie on the diagonal in one colour,
 * wrong ones beside it in another. Each datum is `[column, row, rows, share, label id, prediction id]`.
 */
export function confusionChart(
  judgement: Pick<Judgement, 'labels' | 'confusion' | 'perLabel'>,
  theme: ChartTheme,
  say: Phrases,
): EChartsOption {
  const shown = shownLabels(judgement, MOST_LABELS);
  const names = shown.map((id) => brief(judgement.labels[id] ?? '', 12));
  const tilted = shown.length > 5 && names.some((name) => name.length > 4);
  const axis = {
    type: 'category' as const,
    data: names,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
  };
  const text = { color: theme.text, fontFamily: theme.font, interval: 0 as const };
  return {
    ...baseOption(theme),
    grid: gridWithin({ left: 24, right: tilted ? 48 : 8, top: 44, bottom: 8 }),
    tooltip: {
      ...baseOption(theme).tooltip,
      formatter: (found: unknown) => {
        const [, , rows, , label, prediction] = (found as { value: number[] }).value;
        return say.cell(
          brief(judgement.labels[label ?? -1] ?? '', 40),
          brief(judgement.labels[prediction ?? -1] ?? '', 40),
          rows ?? 0,
        );
      },
    },
    xAxis: {
      ...axis,
      position: 'top',
      axisLabel: { ...text, rotate: tilted ? -40 : 0 },
    },
    yAxis: {
      ...axis,
      inverse: true,
      // In the corner: what lies down, what lies across.
      name: `${say.confusionAxes.label} ↓\n${say.confusionAxes.prediction} →`,
      nameLocation: 'start',
      nameGap: 6,
      nameTextStyle: {
        color: theme.muted,
        fontFamily: theme.font,
        align: 'right',
        lineHeight: 16,
        padding: [0, 8, 0, 0],
      },
      axisLabel: text,
    },
    series: [
      {
        type: 'custom',
        cursor: 'pointer',
        renderItem: drawCell(theme),
        data: cellsOf(judgement, shown),
        encode: { x: 0, y: 1 },
      },
    ],
  };
}

function cellsOf({ confusion, perLabel }: Pick<Judgement, 'confusion' | 'perLabel'>, shown: readonly number[]) {
  const place = new Map(shown.map((id, at) => [id, at]));
  return confusion.flatMap(({ label, prediction, rows }: ConfusionCell) => {
    const [row, column] = [place.get(label), place.get(prediction)];
    if (row === undefined || column === undefined) return [];
    return [[column, row, rows, rows / Math.max(1, perLabel[label]?.support ?? 1), label, prediction]];
  });
}

function drawCell(theme: ChartTheme): CustomSeriesRenderItem {
  return (_params, api) => {
    const [column, row, rows, share] = [0, 1, 2, 3].map((dimension) => Number(api.value(dimension)));
    const [x = 0, y = 0] = api.coord([column ?? 0, row ?? 0]);
    const [width = 0, height = 0] = (api.size?.([1, 1]) ?? []) as number[];
    const right = column === row;
    const shape = { x: x - width / 2 + 1, y: y - height / 2 + 1, width: width - 2, height: height - 2, r: 2 };
    const color = right ? theme.right : theme.wrong;
    return {
      type: 'group',
      children: [
        // A ground of its own first: the depth is an opacity, and grid lines must not shine through.
        { type: 'rect', shape, style: { fill: theme.background } },
        {
          type: 'rect',
          shape,
          style: {
            fill: color,
            opacity: 0.16 + 0.5 * (share ?? 0),
            ...(theme.outline === undefined ? {} : { stroke: theme.outline, lineWidth: 1 }),
          },
        },
        {
          type: 'text',
          silent: true,
          style: {
            x,
            y,
            text: width > 18 && height > 12 ? String(rows) : '',
            align: 'center',
            verticalAlign: 'middle',
            fill: theme.text,
            font: `${right ? 'normal' : 'bold'} ${width > 30 ? 12 : 10}px ${theme.font}`,
          },
        },
      ],
    };
  };
}
