import type { HeldOutRow } from '../../../src/protocol/metrics';
import { percent } from '../../../src/report/numbers';
import type { Phrases } from '../../../src/report/phrases';
import { labelText, secondText } from '../../../src/report/tables';
import { element, foreign } from '../dom';
import { post } from '../host';

/**
 * Rows as a table whose texts are the way to the editor. Rows that are gone are said to be.
 * @param alike whether all have the same label and prediction, which the heading then tells
 */
export function rowList(
  rows: readonly HeldOutRow[],
  caption: string | HTMLElement,
  say: Phrases,
  alike = false,
): HTMLElement {
  const seconds = rows.some(({ second, missing }) => second !== undefined || missing !== undefined);
  const head = [say.line, say.text, ...(alike ? [] : [say.label, say.prediction]), say.probability];
  const line = (row: HeldOutRow): HTMLElement =>
    element(
      'tr',
      {},
      element('td', { class: 'number' }, row.line === null ? '–' : String(row.line + 1)),
      element('td', { class: 'text' }, textOf(row)),
      ...(alike ? [] : [labelText(row, say), row.prediction].map((name) => element('td', {}, foreign(name)))),
      element('td', { class: 'number' }, percent(row.probability)),
      ...(seconds ? [element('td', { class: 'second' }, foreign(secondText(row)))] : []),
    );

  function textOf(row: HeldOutRow): HTMLElement {
    if (row.line === null || row.text === null) return element('span', { class: 'gone' }, say.gone);
    const open = (): void => post({ type: 'openRow', index: row.index });
    const properties = { class: 'link', type: 'button', title: say.openRow(row.line + 1), onClick: open };
    return element('button', properties, foreign(row.text));
  }

  return element(
    'table',
    { class: 'rows' },
    element('caption', {}, caption),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...head.map((name) => element('th', { scope: 'col' }, name)),
        ...(seconds ? [element('th', { scope: 'col', class: 'second' }, say.second)] : []),
      ),
    ),
    element('tbody', {}, ...rows.map(line)),
  );
}
