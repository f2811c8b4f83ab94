import type { FlippedRow, RunComparison } from '../../src/protocol/comparison';
import { runNames } from '../../src/report/charts/comparison';
import type { Phrases } from '../../src/report/phrases';
import { element, foreign } from '../metrics/dom';
import { post } from '../metrics/host';

/** The rows of which the runs say different things; a text is the way to the editor. */
export function flippedRows({ runs, flipped, flips, won, lost }: RunComparison, say: Phrases): HTMLElement {
  const head = [say.line, say.text, say.label, ...runNames(runs)];
  const line = ({ index, line: at, text, label, predictions }: FlippedRow): HTMLElement =>
    element(
      'tr',
      {},
      element('td', { class: 'number' }, at === null ? '–' : String(at + 1)),
      element('td', { class: 'text' }, textOf(index, at, text)),
      element('td', {}, foreign(label)),
      ...predictions.map((one) => element('td', { class: one === label ? 'right' : 'wrong' }, foreign(one))),
    );

  function textOf(index: number, at: number | null, text: string | null): HTMLElement {
    if (at === null || text === null) return element('span', { class: 'gone' }, say.gone);
    const open = (): void => post({ type: 'openRow', index });
    const properties = { class: 'link', type: 'button', title: say.openRow(at + 1), onClick: open };
    return element('button', properties, foreign(text));
  }

  const table = element(
    'table',
    { class: 'rows' },
    element('caption', {}, say.flippedOf(flipped.length, flips, won, lost)),
    element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...flipped.map(line)),
  );
  const content =
    flips === 0 ? element('p', { class: 'empty' }, say.noFlips) : element('div', { class: 'scroll' }, table);
  return element('section', { class: 'flipped' }, element('h2', {}, say.flipped), content);
}
