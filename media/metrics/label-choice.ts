import type { Phrases } from '../../src/report/phrases';
import { element } from './dom';

/** A list of labels of which one is chosen. */
export interface LabelChoice {
  readonly element: HTMLElement;
  /** Offers labels, keeps the one that was chosen where it is among them, and tells which one it is. */
  offer(labels: readonly string[]): void;
}

/** Makes the list; `onChoice` hears the label that is chosen now. */
export function labelChoice(say: Phrases, onChoice: (label: string) => void): LabelChoice {
  const list = document.createElement('select');
  list.addEventListener('change', () => onChoice(list.value));
  const whole = element('label', { class: 'choice' }, `${say.curvesOf} `, list);
  return {
    element: whole,
    offer(labels) {
      const before = list.value;
      list.replaceChildren(
        ...labels.map((label) => {
          const option = element('option', { dir: 'auto' }, label);
          option.value = label;
          return option;
        }),
      );
      whole.hidden = labels.length < 2;
      const [first] = labels;
      if (first === undefined) return;
      list.value = labels.includes(before) ? before : first;
      onChoice(list.value);
    },
  };
}
