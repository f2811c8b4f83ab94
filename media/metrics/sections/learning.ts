import type { LearningPoint } from '../../../src/protocol/metrics';
import { learningChart } from '../../../src/report/charts/learning';
import { learningTable } from '../../../src/report/comparison-tables';
import type { Phrases } from '../../../src/report/phrases';
import { element, whenChanged } from '../dom';
import { createFigure } from '../figure';
import { tableOf } from '../table';

/** What labels were worth so far: shown once runs have learnt from different numbers of rows. */
export function createLearning(say: Phrases): { element: HTMLElement; show(learning: readonly LearningPoint[]): void } {
  const figure = createFigure('learning', say.learning, say);
  const note = element('p', { class: 'quiet' }, say.learningNote);
  const whole = element('section', { class: 'learning', aria: { label: say.learning } }, figure.element, note);
  const show = whenChanged((learning: readonly LearningPoint[]) => {
    whole.hidden = new Set(learning.map(({ rows }) => rows)).size < 2;
    if (whole.hidden) return;
    figure.draw((theme) => learningChart(learning, theme, say), tableOf(learningTable(learning, say)), 240);
  });
  return { element: whole, show };
}
