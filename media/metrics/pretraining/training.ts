import type { PretrainingMetrics } from '../../../src/protocol/pretraining-metrics';
import type { Phrases } from '../../../src/report/phrases';
import {
  learningRateChart,
  maskedAccuracyChart,
  maskedLossChart,
  perplexityChart,
  tokenRateChart,
} from '../../../src/report/pretraining/charts';
import { judgementTable, stepTable } from '../../../src/report/pretraining/tables';
import { element, whenChanged } from '../dom';
import { createFigure } from '../figure';
import type { Section } from '../page';
import { tableOf } from '../table';

/** Loss, masked accuracy, perplexity, learning rate and speed, as they come. */
export function createPretrainingCurves(say: Phrases): Section<PretrainingMetrics> {
  const own = say.pretraining;
  const loss = createFigure('masked-loss', say.loss, say);
  const accuracy = createFigure('masked-accuracy', own.maskedAccuracy, say);
  const perplexity = createFigure('perplexity', own.perplexity, say);
  const rate = createFigure('learning-rate', say.learningRate, say);
  const speed = createFigure('token-rate', own.tokenRate, say);
  const empty = element('p', { class: 'empty' }, say.noStepYet);
  const all = [loss, accuracy, perplexity, rate, speed].map((figure) => figure.element);
  const figures = element('div', { class: 'figures' }, ...all);

  type Course = Pick<PretrainingMetrics, 'run' | 'steps' | 'judgements'>;
  const draw = whenChanged((course: Course) => {
    const judged = course.judgements.length > 0;
    empty.hidden = course.steps.length > 0;
    figures.hidden = course.steps.length === 0;
    accuracy.element.hidden = !judged;
    perplexity.element.hidden = !judged;
    if (course.steps.length === 0) return;
    const judgements = () => tableOf(judgementTable(course, say));
    const steps = () => tableOf(stepTable(course, say));
    loss.draw((theme) => maskedLossChart(course, theme, say), element('div', {}, steps(), judgements()), 240);
    accuracy.draw((theme) => maskedAccuracyChart(course, theme, say), judgements(), 240);
    perplexity.draw((theme) => perplexityChart(course, theme, say), judgements(), 240);
    rate.draw((theme) => learningRateChart(course, theme, say), steps(), 240);
    speed.draw((theme) => tokenRateChart(course, theme, say), steps(), 240);
  });

  return {
    element: element('section', { class: 'training' }, element('h2', {}, say.training), empty, figures),
    update: ({ run, steps, judgements }) => draw({ run, steps, judgements }),
  };
}
