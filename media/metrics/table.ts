import type { TextTable } from '../../src/report/tables';
import { element, foreign } from './dom';

/** A table of texts as an element. */
export function tableOf({ caption, head, rows, numeric }: TextTable): HTMLTableElement {
  const number = (column: number) => (numeric.includes(column) ? { class: 'number' } : {});
  return element(
    'table',
    {},
    element('caption', {}, caption),
    element(
      'thead',
      {},
      element('tr', {}, ...head.map((name, at) => element('th', { scope: 'col', ...number(at) }, name))),
    ),
    element(
      'tbody',
      {},
      ...rows.map((row) =>
        element(
          'tr',
          {},
          ...row.map((cell, at) =>
            at === 0
              ? element('th', { scope: 'row', ...number(at) }, foreign(cell))
              : element('td', number(at), foreign(cell)),
          ),
        ),
      ),
    ),
  );
}
