import type { RunState } from '../../src/protocol/runs';
import type { Notice } from '../../src/report/notices';
import type { Phrases } from '../../src/report/phrases';
import { element, foreign, whenChanged } from './dom';

/** What stands at the top of a page. */
export interface HeadFacts {
  readonly title: string;
  readonly state: RunState;
  /** What is said after the state. */
  readonly facts: readonly string[];
  /** What is done of all steps, 0 to 1, while the run is under way. */
  readonly share: number | undefined;
  readonly notices: readonly Notice[];
}

/** The head of a page: what run it is, how it stands, what must be known of it, and what can be done with it. */
export interface Head {
  readonly element: HTMLElement;
  show(facts: HeadFacts): void;
}

/** Makes the head with its buttons. */
export function createHead(say: Phrases, ...buttons: readonly HTMLButtonElement[]): Head {
  const title = element('h1');
  const state = element('p', { class: 'state' });
  const bar = element('div', { class: 'bar' });
  const progress = element('div', { class: 'progress', role: 'progressbar' }, bar);
  const notices = element('div', { class: 'notices', role: 'status' });
  const actions = element('div', { class: 'actions' }, ...buttons);
  const head = element('div', { class: 'headline' }, element('div', {}, title, state), actions);

  const drawTitle = whenChanged((name: string) => title.replaceChildren(foreign(name)));
  const drawState = whenChanged((now: Pick<HeadFacts, 'state' | 'facts' | 'share'>) => {
    const badge = element('span', { class: `badge ${now.state}` }, say.state[now.state]);
    state.replaceChildren(badge, ` ${now.facts.join(' · ')}`);
    const percent = 100 * Math.min(1, now.share ?? 0);
    progress.hidden = now.share === undefined;
    progress.setAttribute('aria-valuenow', String(Math.round(percent)));
    progress.setAttribute('aria-label', say.training);
    bar.style.width = `${percent}%`;
  });
  const drawNotices = whenChanged((found: readonly Notice[]) =>
    notices.replaceChildren(...found.map(({ kind, text }) => element('p', { class: `notice ${kind}` }, foreign(text)))),
  );
  return {
    element: element('header', {}, head, progress, notices),
    show({ title: name, notices: found, ...now }) {
      drawTitle(name);
      drawState(now);
      drawNotices(found);
    },
  };
}

/** `1:02:03`, `2:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
