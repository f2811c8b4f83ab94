import type { RunMetrics } from '../../../src/protocol/metrics';
import type { TriedText } from '../../../src/protocol/metrics';
import { percent } from '../../../src/report/numbers';
import type { Phrases } from '../../../src/report/phrases';
import { element, foreign } from '../dom';
import { post } from '../host';
import type { Section } from '../page';

/** The box to try a sentence. */
export interface TrySection extends Section<RunMetrics> {
  show(id: number, tried: TriedText | string): void;
}

/** Most labels shown of an answer. */
const TOP = 5;

export function createTry(say: Phrases): TrySection {
  let last = 0;
  const field = (label: string) => element('textarea', { rows: '1', dir: 'auto', placeholder: label, aria: { label } });
  const first = field(say.tryPlaceholder);
  const second = field(say.trySecond);
  const button = element('button', { class: 'primary', type: 'button', onClick: predict }, say.tryButton);
  const answer = element('div', { class: 'answer', role: 'status' });
  const box = element('div', { class: 'box' }, first, second, button);
  const whole = element('section', { class: 'try' }, element('h2', {}, say.tryTitle), box, answer);
  second.hidden = true;
  for (const input of [first, second]) {
    input.addEventListener('keydown', (event) => {
      // A line break is no part of a text in a table; while an input method composes, Enter is its own.
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      predict();
    });
  }

  function predict(): void {
    if (first.value.trim() === '') {
      answer.replaceChildren(element('p', { class: 'quiet' }, say.tryEmpty));
      return first.focus();
    }
    last++;
    answer.replaceChildren(element('p', { class: 'quiet' }, say.tryBusy));
    post({ type: 'try', id: last, text: first.value, ...(second.hidden ? {} : { textB: second.value }) });
  }

  function barOf({ label, probability }: TriedText['ranked'][number]): HTMLElement {
    const bar = element('span', { class: 'bar' });
    bar.style.width = `${100 * probability}%`;
    return element(
      'li',
      {},
      element('span', { class: 'name' }, foreign(label)),
      element('span', { class: 'track', aria: { hidden: 'true' } }, bar),
      element('span', { class: 'share' }, percent(probability)),
    );
  }

  return {
    element: whole,
    update({ run }) {
      whole.hidden = !run.usable;
      second.hidden = run.columns.textB === undefined;
    },
    show(id, tried) {
      // The answer to an older question.
      if (id !== last) return;
      if (typeof tried === 'string')
        return answer.replaceChildren(element('p', { class: 'notice error' }, foreign(tried)));
      const { ranked, truncated, tokens } = tried;
      answer.replaceChildren(
        element('ol', {}, ...ranked.slice(0, TOP).map(barOf)),
        ...(truncated ? [element('p', { class: 'quiet' }, say.triedTruncated(tokens))] : []),
      );
    },
  };
}
