import type { RunMetrics } from '../../../src/protocol/metrics';
import { evaluationChart, learningRateChart, lossChart } from '../../../src/report/charts/curves';
import { type Phrases, phrasesFor } from '../../../src/report/phrases';
import { evaluationTable, stepTable } from '../../../src/report/tables';
import { element, whenChanged } from '../dom';
import { createFigure } from '../figure';
import type { Section } from '../page';
import { tableOf } from '../table';

/** Loss, learning rate and the scores at each evaluation, as they come. */
export function createTraining(say: Phrases): Section<RunMetrics> {
  const loss = createFigure('loss', say.loss, say);
  const rate = createFigure('learning-rate', say.learningRate, say);
  const scores = createFigure('evaluations', say.evaluations, say);
  const empty = element('p', { class: 'empty' }, say.noStepYet);
  const figures = element('div', { class: 'figures' }, loss.element, scores.element, rate.element);
  const whole = element('section', { class: 'training' }, element('h2', {}, say.training), empty, figures);

  const draw = whenChanged((metrics: RunMetrics) => {
    empty.hidden = metrics.steps.length > 0;
    figures.hidden = metrics.steps.length === 0;
    scores.element.hidden = metrics.evaluations.length === 0;
    if (metrics.steps.length === 0) return;
    const steps = stepTable(metrics, say);
    const own = phrasesFor(metrics.judgement, say);
    loss.draw(
      (theme) => lossChart(metrics, theme, say),
      both(tableOf(steps), tableOf(evaluationTable(metrics, own))),
      220,
    );
    rate.draw((theme) => learningRateChart(metrics, theme, say), tableOf(steps), 220);
    scores.draw((theme) => evaluationChart(metrics, theme, own), tableOf(evaluationTable(metrics, own)), 220);
  });

  return {
    element: whole,
    // What doesn't change the pictures must not draw them anew.
    update: (metrics) => draw(metrics),
  };
}

function both(...tables: readonly HTMLElement[]): HTMLElement {
  return element('div', {}, ...tables);
}
