import type { RunMetrics } from '../../../src/protocol/metrics';
import { fileName } from '../../../src/report/about';
import { noticesOf } from '../../../src/report/notices';
import type { Phrases } from '../../../src/report/phrases';
import { element, foreign, whenChanged } from '../dom';
import { post } from '../host';
import type { Section } from '../page';

/** What run it is, how it stands, what must be known of it, and what can be done with it. */
export function createHeader(say: Phrases): Section {
  const title = element('h1');
  const state = element('p', { class: 'state' });
  const bar = element('div', { class: 'bar' });
  const progress = element('div', { class: 'progress', role: 'progressbar' }, bar);
  const notices = element('div', { class: 'notices', role: 'status' });
  const button = (name: string, type: 'export' | 'openData', look: string) =>
    element('button', { class: look, type: 'button', onClick: () => post({ type }) }, name);
  const actions = element(
    'div',
    { class: 'actions' },
    button(say.openData, 'openData', 'secondary'),
    button(say.exportReport, 'export', 'primary'),
  );
  const head = element('div', { class: 'headline' }, element('div', {}, title, state), actions);

  const drawTitle = whenChanged((data: string) => title.replaceChildren(foreign(fileName(data))));
  const drawState = whenChanged((metrics: ReturnType<typeof standing>) => {
    const { run, pace } = metrics;
    const badge = element('span', { class: `badge ${run.state}` }, say.state[run.state]);
    const parts = [run.id];
    if (run.state === 'running' && run.totalSteps !== undefined) parts.push(say.stepOf(run.step, run.totalSteps));
    if (pace)
      parts.push(say.timeLeft(clock(pace.secondsLeft)), say.examplesPerSecond(pace.examplesPerSecond.toFixed(0)));
    state.replaceChildren(badge, ` ${parts.join(' · ')}`);
    const share = run.totalSteps ? Math.min(1, run.step / run.totalSteps) : 0;
    progress.hidden = run.state !== 'running';
    progress.setAttribute('aria-valuenow', String(Math.round(100 * share)));
    progress.setAttribute('aria-label', say.training);
    bar.style.width = `${100 * share}%`;
  });
  const drawNotices = whenChanged((found: ReturnType<typeof noticesOf>) =>
    notices.replaceChildren(...found.map(({ kind, text }) => element('p', { class: `notice ${kind}` }, foreign(text)))),
  );
  return {
    element: element('header', {}, head, progress, notices),
    update(metrics) {
      drawTitle(metrics.run.data);
      drawState(standing(metrics));
      drawNotices(noticesOf(metrics, say));
    },
  };
}

function standing({ run, pace }: RunMetrics) {
  const { id, state, step, totalSteps } = run;
  return { run: { id, state, step, totalSteps }, pace };
}

/** `1:02:03`, `2:03`. */
function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
