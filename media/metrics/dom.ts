/** Attributes and listeners of a new element. Text goes in as children only, which become text nodes: nothing here ever reads HTML. */
export interface Properties {
  readonly class?: string;
  readonly role?: string;
  readonly id?: string;
  readonly lang?: string;
  readonly type?: string;
  readonly placeholder?: string;
  readonly title?: string;
  readonly scope?: 'col' | 'row';
  readonly dir?: 'auto';
  readonly for?: string;
  readonly rows?: string;
  readonly tabindex?: string;
  readonly disabled?: boolean;
  readonly aria?: Readonly<Record<string, string>>;
  readonly onClick?: () => void;
}

/** Makes an element. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  const { aria = {}, onClick, disabled, ...attributes } = properties;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const [key, value] of Object.entries(aria)) made.setAttribute(`aria-${key}`, value);
  if (disabled === true) made.setAttribute('disabled', '');
  if (onClick) made.addEventListener('click', onClick);
  made.append(...children);
  return made;
}

/** A text that comes from a file: it may be written from right to left, and must not turn the words around it. */
export function foreign(text: string): HTMLElement {
  return element('bdi', { dir: 'auto' }, text);
}

/** A part of the page that is drawn anew only when what it shows has changed: the focus and the place of the page then stay. */
export function whenChanged<T>(draw: (value: T) => void): (value: T) => void {
  let last: string | undefined;
  return (value) => {
    const now = JSON.stringify(value);
    if (now === last) return;
    last = now;
    draw(value);
  };
}
