import type { Judgement } from '../../../src/protocol/metrics';
import { count } from '../../../src/report/numbers';
import { type Phrases, phrasesFor } from '../../../src/report/phrases';
import { element, foreign, whenChanged } from '../dom';
import { post } from '../host';
import type { RowsSection } from './confusion';
import { createFoundRows } from './found-rows';

/** Of several labels a row, in the place of the confusion matrix: how often each label is missing and extra; the numbers lead to the rows. */
export function createWrongLabels(say: Phrases): RowsSection {
  const table = element('div', { class: 'scroll' });
  const rows = createFoundRows(phrasesFor({ sets: true }, say));
  const whole = element(
    'section',
    { class: 'confusions', aria: { label: say.wrongLabels } },
    element('h2', {}, say.wrongLabels),
    element('p', { class: 'quiet' }, `${say.noConfusionOfSets} ${say.confusionHint}`),
    table,
    rows.element,
  );

  const draw = whenChanged((judgement: Pick<Judgement, 'labels' | 'sets'> | null) => {
    whole.hidden = judgement?.sets === undefined;
    if (judgement?.sets === undefined) return;
    const { labels, sets } = judgement;
    const cell = (label: string, error: 'missing' | 'extra', n: number): HTMLElement => {
      if (n === 0) return element('td', { class: 'number' }, count(n));
      const name = error === 'missing' ? say.missingOf(label, n) : say.extraOf(label, n);
      const choose = (): void => post({ type: 'showRows', which: { label, error } });
      const properties = { class: 'link', type: 'button', aria: { label: name }, onClick: choose };
      return element('td', { class: 'number wrong' }, element('button', properties, count(n)));
    };
    const line = (label: string, id: number): HTMLElement => {
      const { missing = 0, extra = 0 } = sets.errors[id] ?? {};
      const name = element('th', { scope: 'row' }, foreign(label));
      return element('tr', {}, name, cell(label, 'missing', missing), cell(label, 'extra', extra));
    };
    const head = [say.label, say.missing, say.extra].map((name) => element('th', { scope: 'col' }, name));
    table.replaceChildren(
      element(
        'table',
        {},
        element('caption', {}, say.wrongLabels),
        element('thead', {}, element('tr', {}, ...head)),
        element('tbody', {}, ...labels.map(line)),
      ),
    );
  });

  return {
    element: whole,
    update: ({ judgement }) => draw(judgement),
    showRows(which, found) {
      const n = typeof found === 'string' ? 0 : found.total;
      if (!('error' in which)) return;
      rows.show(which.error === 'missing' ? say.missingOf(which.label, n) : say.extraOf(which.label, n), found);
    },
  };
}
