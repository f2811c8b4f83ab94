import { element, foreign, whenChanged } from './dom';

/** A section of pairs of a name and a value. */
export interface Definitions {
  readonly element: HTMLElement;
  /** Shows the pairs; the section is hidden while there are none. */
  show(pairs: readonly (readonly [name: string, value: string])[]): void;
}

/** Makes the section. */
export function createDefinitions(title: string): Definitions {
  const list = element('dl');
  const whole = element('section', { class: 'about' }, element('h2', {}, title), list);
  return {
    element: whole,
    show: whenChanged((pairs: readonly (readonly [string, string])[]) => {
      whole.hidden = pairs.length === 0;
      list.replaceChildren(
        ...pairs.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, foreign(value))]),
      );
    }),
  };
}
