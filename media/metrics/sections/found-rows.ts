import type { FoundRows } from '../../../src/protocol/metrics';
import type { Phrases } from '../../../src/report/phrases';
import { element, foreign } from '../dom';
import { post } from '../host';
import { rowList } from './row-list';

/** Milliseconds in which an editor beside the page has opened. */
const SETTLING = 2000;

/** A list of rows that comes when rows are asked for, and goes when it is closed. */
export interface FoundRowsList {
  readonly element: HTMLElement;
  /**
   * Shows rows, or one line that says why there are none.
   * @param alike whether all have the same label and prediction, which the title then tells
   */
  show(title: string, found: FoundRows | string, alike?: boolean): void;
}

/** An empty one. */
export function createFoundRows(say: Phrases): FoundRowsList {
  const rows = element('div', { class: 'found', tabindex: '-1', aria: { live: 'polite' } });
  rows.hidden = true;

  function bringIntoView(): void {
    rows.scrollIntoView({ block: 'nearest' });
  }

  /** How many rows there are is said in the heading already, unless not all are shown. */
  function captionOf({ rows: shown, total }: FoundRows): HTMLElement {
    return element('span', shown.length < total ? {} : { class: 'unseen' }, say.rowsShown(shown.length, total));
  }

  return {
    element: rows,
    show(title, found, alike = false) {
      const close = element('button', { class: 'close', type: 'button', aria: { label: say.closeRows } }, '×');
      close.addEventListener('click', () => {
        rows.hidden = true;
        post({ type: 'closeRows' });
      });
      rows.replaceChildren(
        element(
          'div',
          { class: 'found-head' },
          element('h3', {}, foreign(typeof found === 'string' ? say.rows : title)),
          close,
        ),
        typeof found === 'string'
          ? element('p', { class: 'notice error' }, foreign(found))
          : rowList(found.rows, captionOf(found), say, alike),
      );
      rows.hidden = false;
      rows.focus({ preventScroll: true });
      bringIntoView();
      // The editor that opens beside makes the page narrower, and what is above the list longer.
      const settled = new AbortController();
      window.addEventListener('resize', bringIntoView, { signal: settled.signal });
      setTimeout(() => settled.abort(), SETTLING);
    },
  };
}
