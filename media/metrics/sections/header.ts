import type { RunMetrics } from '../../../src/protocol/metrics';
import { fileName } from '../../../src/report/about';
import { noticesOf } from '../../../src/report/notices';
import type { Phrases } from '../../../src/report/phrases';
import { element } from '../dom';
import { clock, createHead } from '../head';
import { post } from '../host';
import type { Section } from '../page';

/** The head of the page of a run of fine-tuning. */
export function createHeader(say: Phrases): Section<RunMetrics> {
  const button = (name: string, type: 'export' | 'openData', look: string) =>
    element('button', { class: look, type: 'button', onClick: () => post({ type }) }, name);
  const head = createHead(
    say,
    button(say.openData, 'openData', 'secondary'),
    button(say.exportReport, 'export', 'primary'),
  );
  return {
    element: head.element,
    update(metrics) {
      const { run, pace } = metrics;
      const running = run.state === 'running';
      head.show({
        title: fileName(run.data),
        state: run.state,
        facts: [
          run.id,
          ...(running && run.totalSteps !== undefined ? [say.stepOf(run.step, run.totalSteps)] : []),
          ...(pace
            ? [say.timeLeft(clock(pace.secondsLeft)), say.examplesPerSecond(pace.examplesPerSecond.toFixed(0))]
            : []),
        ],
        share: running ? run.step / (run.totalSteps ?? Infinity) : undefined,
        notices: noticesOf(metrics, say),
      });
    },
  };
}
