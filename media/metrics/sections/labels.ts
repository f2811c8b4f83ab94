import type { RunMetrics } from '../../../src/protocol/metrics';
import type { Judgement } from '../../../src/protocol/metrics';
import { labelChart, weakestFirst } from '../../../src/report/charts/labels';
import type { Phrases } from '../../../src/report/phrases';
import { labelTable } from '../../../src/report/tables';
import { element, whenChanged } from '../dom';
import { createFigure } from '../figure';
import type { Section } from '../page';
import { tableOf } from '../table';

/** Precision, recall, F1 and support of every label. */
export function createLabels(say: Phrases): Section<RunMetrics> {
  const figure = createFigure('labels', say.perLabel, say);
  const whole = element('section', { class: 'labels', aria: { label: say.perLabel } }, figure.element);
  const draw = whenChanged((judgement: Judgement | null) => {
    whole.hidden = judgement === null;
    if (judgement === null) return;
    const { perLabel } = judgement;
    const height = 48 + 28 * weakestFirst(perLabel).length;
    figure.draw((theme) => labelChart(perLabel, theme, say), tableOf(labelTable(judgement, say)), height);
  });
  return { element: whole, update: ({ judgement }) => draw(judgement) };
}
