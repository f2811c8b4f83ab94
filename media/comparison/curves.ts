import type { RunComparison } from '../../src/protocol/comparison';
import type { LabelCurves, ProbabilityView } from '../../src/protocol/metrics';
import { runNames } from '../../src/report/charts/comparison';
import type { ChartTheme } from '../../src/report/charts/chart-theme';
import { styleOf } from '../../src/report/charts/lines';
import { precisionRecallChart, reliabilityChart, rocChart } from '../../src/report/charts/probabilities';
import { calibrationText } from '../../src/report/calibration-text';
import { curveTable, reliabilityTable } from '../../src/report/comparison-tables';
import type { Phrases } from '../../src/report/phrases';
import { element } from '../metrics/dom';
import { createFigure } from '../metrics/figure';
import { labelChoice } from '../metrics/label-choice';
import { tableOf } from '../metrics/table';

interface Known {
  readonly at: number;
  readonly name: string;
  readonly view: ProbabilityView;
}

/** ROC and precision-recall curves of the runs over one another, a label at a time, and the reliability of each; nothing for runs that kept no probabilities. */
export function comparedCurves({ runs }: RunComparison, say: Phrases): HTMLElement[] {
  const names = runNames(runs);
  const known = runs.flatMap(({ probabilities: view }, at): Known[] => (view ? [{ at, name: names[at]!, view }] : []));
  if (known.length === 0) return [];
  const roc = createFigure('roc', say.roc, say);
  const precisionRecall = createFigure('precision-recall', say.precisionRecall, say);

  function draw(label: string): void {
    const curves = known.flatMap(({ at, name, view }) => {
      const curve = view.curves.find((one) => one.label === label);
      return curve ? [{ at, name, curve }] : [];
    });
    const named = (theme: ChartTheme, score: (curve: LabelCurves) => number) =>
      curves.map(({ at, name, curve }) => ({ name: `${name} (${score(curve).toFixed(3)})`, ...styleOf(at, theme), curve })); // prettier-ignore
    const tables = () =>
      element(
        'div',
        {},
        ...known.map(({ name, view }) => {
          const table = curveTable(view.curves, say);
          return tableOf({ ...table, caption: `${table.caption} · ${name}` });
        }),
      );
    roc.draw((theme) => rocChart(named(theme, ({ rocAuc }) => rocAuc), theme, say), tables(), 280); // prettier-ignore
    precisionRecall.draw((theme) => precisionRecallChart(named(theme, ({ averagePrecision }) => averagePrecision), theme, say), tables(), 280); // prettier-ignore
  }

  const choice = labelChoice(say, draw);
  choice.offer([...new Set(known.flatMap(({ view }) => view.curves.map(({ label }) => label)))]);
  const reliabilities = known.map(({ at, name, view }) => {
    const figure = createFigure(`reliability-${at}`, `${say.reliability} · ${name}`, say);
    figure.draw((theme) => reliabilityChart(view, theme, say), tableOf(reliabilityTable(view, say)), 240);
    return element('div', {}, figure.element, element('p', { class: 'quiet' }, calibrationText(view, say)));
  });
  return [
    element(
      'section',
      { class: 'probabilities' },
      element('h2', {}, say.curves),
      choice.element,
      element('div', { class: 'figures' }, roc.element, precisionRecall.element),
    ),
    element('section', { class: 'reliabilities' }, element('h2', {}, say.reliability), element('div', { class: 'figures' }, ...reliabilities)), // prettier-ignore
  ];
}
