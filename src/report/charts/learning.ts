import type { EChartsOption } from 'echarts';
import type { LearningPoint } from '../../protocol/metrics';
import { count, percent } from '../numbers';
import type { Phrases } from '../phrases';
import type { ChartTheme } from './chart-theme';
import { lineChart } from './lines';

/** Accuracy and macro F1 of a project's runs over the rows that each learnt from: a dot a run, a line through the means of those on as many rows. */
export function learningChart(points: readonly LearningPoint[], theme: ChartTheme, say: Phrases): EChartsOption {
  const most = points.at(-1)?.rows ?? 1;
  const least = Math.min(1, ...points.flatMap(({ accuracy, macroF1 }) => [accuracy, macroF1]));
  const counts = [...new Set(points.map(({ rows }) => rows))];
  const line = (name: string, color: string, dash: 'solid' | 'dashed', pick: (point: LearningPoint) => number) => {
    const mean = (rows: number): number => {
      const same = points.filter((point) => point.rows === rows).map(pick);
      return same.reduce((sum, value) => sum + value, 0) / same.length;
    };
    return [
      { name, color, dash, points: counts.map((rows) => [rows, mean(rows)] as const) },
      { name, color, scattered: true, points: points.map((point) => [point.rows, pick(point)] as const) },
    ];
  };
  return lineChart(
    [
      ...line(say.accuracy, theme.model, 'solid', ({ accuracy }) => accuracy),
      ...line(say.macroF1, theme.heldOut, 'dashed', ({ macroF1 }) => macroF1),
    ],
    {
      x: { name: say.trainingRows, min: 0, max: Math.ceil(most * 1.05), format: (value) => count(Math.round(value)) },
      y: {
        min: Math.max(0, Math.floor(10 * least - 0.5) / 10),
        max: 1,
        format: (value) => percent(value).replace('.0%', '%'),
      },
    },
    theme,
  );
}
