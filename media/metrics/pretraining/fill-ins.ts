import type { FilledStep, PretrainingMetrics } from '../../../src/protocol/pretraining-metrics';
import type { FilledText } from '../../../src/protocol/runs';
import { count, percent } from '../../../src/report/numbers';
import type { Phrases } from '../../../src/report/phrases';
import { filledTable, filledTexts } from '../../../src/report/pretraining/tables';
import { element, foreign, whenChanged } from '../dom';
import type { Section } from '../page';
import { tableOf } from '../table';

/** The texts with masks as the last judgement filled them in, and beneath each how earlier ones did. */
export function createFillIns(say: Phrases): Section<PretrainingMetrics> {
  const own = say.pretraining;
  const step = element('p', { class: 'quiet' });
  const list = element('div', { class: 'fill-ins' });
  const whole = element('section', { class: 'filled' }, element('h2', {}, own.fillIns), step, list);
  const draw = whenChanged((filled: readonly FilledStep[]) => {
    whole.hidden = filled.length === 0;
    const last = filled.at(-1);
    if (!last) return;
    step.textContent = `${own.fillInsNote} ${own.afterStep(count(last.step))}`;
    // What was opened stays open.
    const open = new Set([...list.querySelectorAll('details[open]')].map((one) => one.getAttribute('id')));
    list.replaceChildren(
      ...filledTexts(filled).map((text, at) => {
        const id = `fill-in-${at}`;
        const latest = last.texts.find((one) => one.text === text);
        const details = element(
          'details',
          { id },
          element('summary', {}, say.table),
          tableOf(filledTable(filled, text, say)),
        );
        details.open = open.has(id);
        return element('article', { class: 'fill-in' }, ...(latest ? sentence(latest) : []), details);
      }),
    );
  });

  /** The text with what was filled in marked, and the likeliest tokens of each place as bars. */
  function sentence({ text, fillings }: FilledText): HTMLElement[] {
    if (fillings.length === 0) return [element('p', {}, foreign(text)), element('p', { class: 'quiet' }, own.noMask)];
    const parts = text.split('[MASK]');
    const line = parts.flatMap((part, at): (Node | string)[] => {
      if (at === parts.length - 1) return [part];
      const [first] = fillings[at] ?? [];
      return [part, element('mark', {}, first ? first.token.replace(/^##/, '') : '[MASK]')];
    });
    const places = fillings.map((filling, at) =>
      element(
        'ol',
        { class: 'place', aria: { label: own.mask(at + 1) } },
        ...filling.map(({ token, probability }) => candidate(token, probability)),
      ),
    );
    return [
      element('p', { class: 'sentence' }, element('bdi', { dir: 'auto' }, ...line)),
      element('div', { class: 'places' }, ...places),
    ];
  }

  return { element: whole, update: ({ filled }) => draw(filled) };
}

function candidate(token: string, probability: number): HTMLElement {
  const bar = element('span', { class: 'bar', aria: { hidden: 'true' } });
  bar.style.width = `${100 * probability}%`;
  return element(
    'li',
    {},
    element('span', { class: 'token' }, foreign(token)),
    element('span', { class: 'track' }, bar),
    element('span', { class: 'value' }, percent(probability)),
  );
}
