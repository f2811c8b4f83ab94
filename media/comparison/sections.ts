import type { RunComparison } from '../../src/protocol/comparison';
import { modelName } from '../../src/protocol/hub';
import {
  comparedScoresChart,
  evaluationsChart,
  labelDifferenceChart,
  lossesChart,
  MOST_DIFFERENCES,
  runNames,
} from '../../src/report/charts/comparison';
import {
  argumentTable,
  comparedScoreTable,
  evaluationsTable,
  labelDifferenceTable,
} from '../../src/report/comparison-tables';
import { type Phrases, phrasesFor } from '../../src/report/phrases';
import { element, foreign } from '../metrics/dom';
import { createFigure } from '../metrics/figure';
import { post } from '../metrics/host';
import { createLearning } from '../metrics/sections/learning';
import { tableOf } from '../metrics/table';
import { comparedCurves } from './curves';
import { flippedRows } from './flipped';

/** The whole comparison from top to bottom. */
export function comparisonSections(comparison: RunComparison, words: Phrases): HTMLElement[] {
  const say = phrasesFor(comparison, words);
  const learning = createLearning(say);
  learning.show(comparison.learning);
  return [
    head(comparison, say),
    scores(comparison, say),
    flippedRows(comparison, say),
    labels(comparison, say),
    training(comparison, say),
    ...comparedCurves(comparison, words),
    learning.element,
    differing(comparison, say),
  ];
}

function head(comparison: RunComparison, say: Phrases): HTMLElement {
  const names = runNames(comparison.runs);
  const bases = new Set(comparison.runs.map(({ run }) => run.base));
  const item = ({ run }: RunComparison['runs'][number], at: number): HTMLElement => {
    const name = names[at]!;
    const swatch = element('span', { class: 'swatch', aria: { hidden: 'true' } });
    const open = (): void => post({ type: 'openRun', folder: run.folder });
    const about = bases.size > 1 ? `${run.id} · ${modelName(run.base)}` : run.id;
    const button = element('button', { class: 'link', type: 'button', title: say.openRun(name), onClick: open }, foreign(name)); // prettier-ignore
    return element('li', {}, swatch, button, element('span', { class: 'quiet' }, foreign(about)));
  };
  return element(
    'header',
    {},
    element('h1', {}, say.comparing),
    element('p', { class: 'state' }, say.commonRows(comparison.common, comparison.runs.length)),
    element('ol', { class: 'key' }, ...comparison.runs.map(item)),
  );
}

function scores(comparison: RunComparison, say: Phrases): HTMLElement {
  const figure = createFigure('compared-scores', say.comparedScores, say);
  const table = tableOf(comparedScoreTable(comparison, say));
  figure.draw((theme) => comparedScoresChart(comparison, theme, say), tableOf(comparedScoreTable(comparison, say)), 70 + 36 * comparison.runs.length); // prettier-ignore
  // Whether a difference is noise is the point of the page: the table is there for everybody.
  return element(
    'section',
    { class: 'summary', aria: { label: say.comparedScores } },
    figure.element,
    element('div', { class: 'wide' }, table),
  );
}

function labels(comparison: RunComparison, say: Phrases): HTMLElement {
  const figure = createFigure('label-differences', say.labelDifferences, say);
  const bars = Math.min(MOST_DIFFERENCES, comparison.labels.length);
  figure.draw(
    (theme) => labelDifferenceChart(comparison, theme, say),
    tableOf(labelDifferenceTable(comparison, say)),
    60 + bars * (14 + 8 * comparison.runs.length),
  );
  return element('section', { class: 'labels', aria: { label: say.labelDifferences } }, figure.element);
}

function training(comparison: RunComparison, say: Phrases): HTMLElement {
  const loss = createFigure('losses', say.loss, say);
  const scored = createFigure('evaluations', say.macroF1, say);
  const table = () => tableOf(evaluationsTable(comparison, say));
  loss.draw((theme) => lossesChart(comparison, theme, say), table(), 240);
  scored.draw((theme) => evaluationsChart(comparison, theme, say), table(), 240);
  const figures = element('div', { class: 'figures' }, loss.element, scored.element);
  return element('section', { class: 'training' }, element('h2', {}, say.training), figures);
}

function differing(comparison: RunComparison, say: Phrases): HTMLElement {
  const table = argumentTable(comparison, say);
  const content = table.rows.length > 0 ? tableOf(table) : element('p', { class: 'empty' }, say.nothingDiffers);
  return element('section', { class: 'about' }, element('h2', {}, say.argumentsDiffer), content);
}
