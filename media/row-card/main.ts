import './row-card.css';
import type { CardRow, CardState, FromCard, ToCard } from '../../src/protocol/row-card';
import { createChoices } from './choices';

/* Entry of the row card. It asks for the state when it is drawn, shows what it gets and keeps nothing. Texts are set as text, never as HTML. */

/** What VS Code gives to a webview; may be asked for once. */
declare function acquireVsCodeApi(): { postMessage(message: FromCard): void };

const api = acquireVsCodeApi();
let shown: CardRow | undefined;

const title = make('h2', 'title');
const given = make('p', 'given');
const speed = make('span', 'speed');
const head = make('header', 'head', title, given, speed);
const progress = make('progress', 'progress');
const progressText = make('p', 'progress-text');
const text = make('p', 'text');
const textB = make('p', 'text second');
// The text of a new row is read aloud; the figures around it are not.
const row = make('section', 'row', text, textB);
row.setAttribute('aria-live', 'polite');
row.setAttribute('aria-atomic', 'true');
const problem = make('p', 'problem');
const choices = createChoices((label) => {
  if (shown) api.postMessage({ type: 'label', uri: shown.uri, version: shown.version, row: shown.row, label });
});
const start = make('button', 'start');
start.type = 'button';
start.addEventListener('click', () => api.postMessage({ type: 'start' }));
const keys = make('p', 'keys');
const card = make('main', 'card', head, row, choices.element, problem, start, keys, progress, progressText);
const none = make('p', 'none');
document.body.append(card, none);

window.addEventListener('message', ({ data }: MessageEvent<ToCard>) => show(data.state));
api.postMessage({ type: 'ready' });

function show(state: CardState): void {
  // A new row is read from its beginning; the same one stays where it was scrolled to.
  if (state.kind === 'row' && (state.row !== shown?.row || state.uri !== shown.uri)) {
    for (const scrolled of [document.documentElement, text, textB]) scrolled.scrollTop = 0;
  }
  shown = state.kind === 'row' ? state : undefined;
  card.hidden = state.kind !== 'row';
  none.hidden = state.kind === 'row';
  if (state.kind === 'row') showRow(state);
  else say(none, state.message);
}

function showRow(state: CardRow): void {
  const { phrases } = state;
  say(title, state.title);
  say(speed, state.speed);
  say(text, state.text);
  say(textB, state.textB);
  say(given, state.given === undefined ? phrases.unlabelled : `${phrases.label} ${state.given}`);
  given.classList.toggle('empty', state.given === undefined);
  say(problem, state.problem);
  choices.show(state);
  say(start, state.mode ? undefined : phrases.start);
  say(keys, state.mode ? phrases.keys : undefined);
  progress.max = Math.max(1, state.total);
  progress.value = state.labelled;
  progress.setAttribute('aria-label', state.progress);
  say(progressText, state.progress);
}

/** Sets a text where it changed, so that nothing is read aloud twice; hides the element where there is none. */
function say(element: HTMLElement, value: string | undefined): void {
  element.hidden = value === undefined;
  if (value !== undefined && element.textContent !== value) element.textContent = value;
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: Node[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = className;
  element.append(...children);
  return element;
}
