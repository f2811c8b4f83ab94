import type { EChartsOption } from 'echarts';
import type { LabelCurves, ProbabilityView } from '../../protocol/metrics';
import { percent } from '../numbers';
import type { Phrases } from '../phrases';
import type { ChartTheme } from './chart-theme';
import { type NamedLine, lineChart } from './lines';

/** Axis values in tenths. */
const share = (value: number): string => percent(value).replace('.0%', '%');

/** Accuracy over confidence in ten bins, without and with the temperature, beside the line on which both are equal. */
export function reliabilityChart(view: ProbabilityView, theme: ChartTheme, say: Phrases): EChartsOption {
  const points = ({ bins }: ProbabilityView['before']) =>
    bins.map(({ confidence, accuracy }) => [confidence, accuracy] as const);
  const lines: NamedLine[] = [
    { name: say.perfect, color: theme.muted, dash: 'dotted', thin: true, points: [[0, 0], [1, 1]] }, // prettier-ignore
    ...(view.temperature === 1
      ? []
      : [{ name: say.withoutTemperature, color: theme.heldOut, dash: 'dashed' as const, dots: true, points: points(view.before) }]), // prettier-ignore
    {
      name: view.temperature === 1 ? say.model : say.withTemperature,
      color: theme.model,
      dots: true,
      points: points(view.after),
    },
  ];
  return lineChart(lines, { x: axis(say.confidence), y: axis(say.accuracy) }, theme);
}

/** A label's ROC curve of one or several runs, beside the line of guessing. */
export function rocChart(curves: readonly NamedCurve[], theme: ChartTheme, say: Phrases): EChartsOption {
  const lines: NamedLine[] = [
    { name: say.guessing, color: theme.muted, dash: 'dotted', thin: true, points: [[0, 0], [1, 1]] }, // prettier-ignore
    ...curves.map(({ curve, ...style }) => ({ ...style, points: curve.roc })),
  ];
  return lineChart(lines, { x: axis(say.falsePositives), y: axis(say.truePositives) }, theme);
}

/** The same for precision over recall. */
export function precisionRecallChart(curves: readonly NamedCurve[], theme: ChartTheme, say: Phrases): EChartsOption {
  const lines = curves.map(({ curve, ...style }) => ({ ...style, points: curve.precisionRecall }));
  return lineChart(lines, { x: axis(say.recall), y: axis(say.precision) }, theme);
}

/** The curves of one run, and how their lines look. */
export interface NamedCurve extends Pick<NamedLine, 'name' | 'color' | 'dash'> {
  readonly curve: LabelCurves;
}

function axis(name: string) {
  return { name, min: 0, max: 1, format: share };
}
