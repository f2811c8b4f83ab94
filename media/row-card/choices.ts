import type { CardChoice, CardRow } from '../../src/protocol/row-card';

/** The labels of the card. */
export interface Choices {
  readonly element: HTMLElement;
  show(state: CardRow): void;
}

/**
 * Buttons for the most probable labels with their bars, the guideline of the one in question, and the other labels below. Buttons stay from row to
 * row and only change what they say, so that the focus stays where it is.
 */
export function createChoices(choose: (label: string) => void): Choices {
  const top = document.createElement('div');
  top.className = 'top';
  top.setAttribute('role', 'group');
  const guideline = document.createElement('p');
  guideline.className = 'guideline';
  guideline.id = 'guideline';
  const others = document.createElement('details');
  const summary = document.createElement('summary');
  const rest = document.createElement('div');
  rest.className = 'rest';
  others.append(summary, rest);
  const element = document.createElement('section');
  element.className = 'choices';
  element.append(top, guideline, others);

  /** What each button stands for now. */
  const meaning = new Map<HTMLButtonElement, CardChoice>();
  let standard: CardChoice | undefined;
  const explain = (choice: CardChoice | undefined): void => {
    const words = choice?.description === undefined ? '' : `${choice.name}: ${choice.description}`;
    guideline.hidden = words === '';
    if (guideline.textContent !== words) guideline.textContent = words;
  };

  function button(parent: HTMLElement): HTMLButtonElement {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = 'choice';
    for (const part of ['fill', 'key', 'name', 'percent']) {
      const span = document.createElement('span');
      span.className = part;
      made.append(span);
    }
    made.addEventListener('click', () => {
      const choice = meaning.get(made);
      if (choice) choose(choice.name);
    });
    for (const come of ['focus', 'mouseenter']) made.addEventListener(come, () => explain(meaning.get(made)));
    for (const go of ['blur', 'mouseleave']) made.addEventListener(go, () => explain(standard));
    parent.append(made);
    return made;
  }

  function fill(parent: HTMLElement, list: readonly CardChoice[], given: readonly string[]): void {
    const buttons = [...parent.children].filter((child) => child instanceof HTMLButtonElement);
    while (buttons.length < list.length) buttons.push(button(parent));
    for (const spare of buttons.splice(list.length)) {
      meaning.delete(spare);
      spare.remove();
    }
    for (const [at, made] of buttons.entries()) {
      const choice = list[at];
      if (choice) draw(made, choice, given);
    }
  }

  function draw(made: HTMLButtonElement, choice: CardChoice, given: readonly string[]): void {
    meaning.set(made, choice);
    const [bar, key, name, percent] = [...made.children] as HTMLElement[];
    if (!bar || !key || !name || !percent) return;
    bar.style.width = `${100 * (choice.probability ?? 0)}%`;
    bar.style.backgroundColor = choice.color ?? '';
    key.textContent = choice.key ?? '';
    key.hidden = choice.key === undefined;
    name.textContent = choice.name;
    percent.textContent = choice.percent ?? '';
    made.setAttribute('aria-pressed', String(given.includes(choice.name)));
    const spoken = [choice.name, choice.percent, choice.key].filter((part) => part !== undefined);
    made.setAttribute('aria-label', spoken.join(', '));
    made.setAttribute('aria-describedby', guideline.id);
  }

  return {
    element,
    show({ top: best, others: more, given: label, set, phrases }) {
      const given = set ?? (label === undefined ? [] : [label]);
      top.setAttribute('aria-label', phrases.choices);
      fill(top, best, given);
      fill(rest, more, given);
      others.hidden = more.length === 0;
      summary.textContent = phrases.others;
      standard = [...best, ...more].find(({ name }) => given.includes(name)) ?? best[0];
      const focused = document.activeElement;
      explain((focused instanceof HTMLButtonElement ? meaning.get(focused) : undefined) ?? standard);
    },
  };
}
