import type { RunMetrics } from '../../../src/protocol/metrics';
import type { LabelCurves, ProbabilityView } from '../../../src/protocol/metrics';
import { precisionRecallChart, reliabilityChart, rocChart } from '../../../src/report/charts/probabilities';
import { curveTable, reliabilityTable } from '../../../src/report/comparison-tables';
import type { Phrases } from '../../../src/report/phrases';
import { calibrationText } from '../../../src/report/calibration-text';
import { element, whenChanged } from '../dom';
import { createFigure } from '../figure';
import { labelChoice } from '../label-choice';
import type { Section } from '../page';
import { tableOf } from '../table';

/** Whether the model's probabilities may be believed, and how well each tells its label from the others. */
export function createProbabilities(say: Phrases): Section<RunMetrics> {
  const note = element('p', { class: 'quiet' });
  const reliability = createFigure('reliability', say.reliability, say);
  const roc = createFigure('roc', say.roc, say);
  const precisionRecall = createFigure('precision-recall', say.precisionRecall, say);
  const choice = labelChoice(say, drawCurves);
  const figures = element('div', { class: 'figures' }, reliability.element, roc.element, precisionRecall.element);
  const whole = element(
    'section',
    { class: 'probabilities' },
    element('h2', {}, say.probabilities),
    note,
    choice.element,
    figures,
  );
  let curves: readonly LabelCurves[] = [];

  function drawCurves(label: string): void {
    const curve = curves.find((one) => one.label === label);
    if (!curve) return;
    const named = (color: string) => [{ name: `${curve.label} (${curve.rocAuc.toFixed(3)})`, color, curve }];
    const precise = (color: string) => [{ name: `${curve.label} (${curve.averagePrecision.toFixed(3)})`, color, curve }]; // prettier-ignore
    const table = () => tableOf(curveTable(curves, say));
    roc.draw((theme) => rocChart(named(theme.model), theme, say), table(), 260);
    precisionRecall.draw((theme) => precisionRecallChart(precise(theme.model), theme, say), table(), 260);
  }

  const draw = whenChanged((view: ProbabilityView | null) => {
    whole.hidden = view === null;
    if (view === null) return;
    note.textContent = calibrationText(view, say);
    reliability.draw((theme) => reliabilityChart(view, theme, say), tableOf(reliabilityTable(view, say)), 260);
    ({ curves } = view);
    for (const { element: figure } of [roc, precisionRecall]) figure.hidden = curves.length === 0;
    choice.offer(curves.map(({ label }) => label));
  });
  return { element: whole, update: ({ judgement }) => draw(judgement?.probabilities ?? null) };
}
