import type { RunMetrics } from '../../../src/protocol/metrics';
import type { FoundRows, Judgement, WhichRows } from '../../../src/protocol/metrics';
import { confusionChart, MOST_LABELS } from '../../../src/report/charts/confusion';
import { shownLabels, topConfusions } from '../../../src/report/confusions';
import { count } from '../../../src/report/numbers';
import type { Phrases } from '../../../src/report/phrases';
import { element, foreign, whenChanged } from '../dom';
import { createFigure } from '../figure';
import { post } from '../host';
import type { Section } from '../page';
import { createFoundRows } from './found-rows';

/** A part of the page that shows the rows that were asked for. */
export interface RowsSection extends Section<RunMetrics> {
  showRows(which: WhichRows, found: FoundRows | string): void;
}

/** Most confusions listed beside the picture. */
const TOP = 8;

/** The confusion matrix, the most frequent confusions, and the rows of the cell that was chosen. */
export function createConfusion(say: Phrases): RowsSection {
  let judgement: Judgement | null = null;
  const figure = createFigure('confusion', say.confusion, say, ([, , , , label = -1, prediction = -1]) =>
    choose(label, prediction),
  );
  const hint = element('p', { class: 'quiet' }, say.confusionHint);
  const top = element('div', { class: 'top' });
  const rows = createFoundRows(say);
  const whole = element(
    'section',
    { class: 'confusions', aria: { label: say.confusion } },
    element('div', { class: 'matrix' }, figure.element, top),
    rows.element,
  );

  function choose(label: number, prediction: number): void {
    const which = { label: judgement?.labels[label] ?? '', prediction: judgement?.labels[prediction] ?? '' };
    post({ type: 'showRows', which });
  }

  const draw = whenChanged((now: Judgement | null) => {
    judgement = now;
    whole.hidden = now === null || now.sets !== undefined;
    if (now === null || now.sets) return;
    const shown = shownLabels(now, MOST_LABELS);
    const all = shownLabels(now, Infinity).length;
    hint.textContent =
      shown.length < all ? `${say.confusionHint} ${say.shownLabels(shown.length, all)}` : say.confusionHint;
    figure.draw((theme) => confusionChart(now, theme, say), matrixTable(now), Math.max(260, 120 + 36 * shown.length));
    top.replaceChildren(hint, ...topList(now));
  });

  function topList({ confusion, labels }: Judgement): HTMLElement[] {
    const cells = topConfusions(confusion, TOP);
    if (cells.length === 0) return [element('p', { class: 'empty' }, say.noConfusions)];
    const item = ({ label, prediction, rows: n }: (typeof cells)[number]): HTMLElement =>
      element(
        'li',
        {},
        element(
          'button',
          { class: 'link', type: 'button', onClick: () => choose(label, prediction) },
          foreign(labels[label] ?? ''),
          ' → ',
          foreign(labels[prediction] ?? ''),
          element('span', { class: 'count' }, count(n)),
        ),
      );
    return [element('h3', {}, say.topConfusions), element('ol', {}, ...cells.map(item))];
  }

  /** Every label against every prediction that occurs; the numbers are buttons. */
  function matrixTable({ confusion, labels }: Judgement): HTMLElement {
    const occurring = shownLabels({ confusion, labels }, Infinity);
    const cells = new Map(confusion.map(({ label, prediction, rows: n }) => [`${label} ${prediction}`, n]));
    const cell = (label: number, prediction: number): HTMLElement => {
      const n = cells.get(`${label} ${prediction}`);
      const kind = label === prediction ? 'right' : 'wrong';
      if (n === undefined) return element('td', { class: 'number' }, '');
      const name = say.cell(labels[label] ?? '', labels[prediction] ?? '', n);
      const open = { class: 'link', type: 'button', aria: { label: name }, onClick: () => choose(label, prediction) };
      return element('td', { class: `number ${kind}` }, element('button', open, count(n)));
    };
    const corner = `${say.confusionAxes.label} ↓  ${say.confusionAxes.prediction} →`;
    const name = (id: number) => foreign(labels[id] ?? '');
    return element(
      'table',
      {},
      element('caption', {}, say.confusionHint),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', {}, corner),
          ...occurring.map((id) => element('th', { scope: 'col' }, name(id))),
        ),
      ),
      element(
        'tbody',
        {},
        ...occurring.map((label) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, name(label)),
            ...occurring.map((other) => cell(label, other)),
          ),
        ),
      ),
    );
  }

  return {
    element: whole,
    update: (metrics) => draw(metrics.judgement),
    showRows(which, found) {
      const n = typeof found === 'string' ? 0 : found.total;
      rows.show(
        'prediction' in which ? say.cell(which.label, which.prediction, n) : say.rows,
        found,
        'prediction' in which,
      );
    },
  };
}
