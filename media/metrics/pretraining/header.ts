import type { PretrainingMetrics } from '../../../src/protocol/pretraining-metrics';
import { percent } from '../../../src/report/numbers';
import type { Phrases } from '../../../src/report/phrases';
import { pretrainingName, pretrainingNotices } from '../../../src/report/pretraining/about';
import { element } from '../dom';
import { clock, createHead } from '../head';
import { post } from '../host';
import type { Section } from '../page';

/** The head of the page of a pre-training run; once there is a model to fine-tune, a button for that. */
export function createPretrainingHeader(say: Phrases): Section<PretrainingMetrics> {
  const own = say.pretraining;
  const button = (name: string, type: 'export' | 'fineTune', look: string) =>
    element('button', { class: look, type: 'button', onClick: () => post({ type }) }, name);
  const fineTune = button(own.fineTune, 'fineTune', 'secondary');
  const head = createHead(say, fineTune, button(say.exportReport, 'export', 'primary'));
  return {
    element: head.element,
    update(metrics) {
      const { run } = metrics;
      fineTune.hidden = !run.usable || run.state === 'running';
      head.show({
        title: pretrainingName(run),
        state: run.state,
        facts: [run.id, ...(run.state === 'running' ? underWay(run, say) : [])],
        share: run.state === 'running' ? (run.reading?.share ?? run.step / (run.totalSteps ?? Infinity)) : undefined,
        notices: pretrainingNotices(metrics, say),
      });
    },
  };
}

/** How far it is, how fast, and what is left. */
function underWay(
  { reading, step, totalSteps, tokensPerSecond, secondsLeft }: PretrainingMetrics['run'],
  say: Phrases,
) {
  const own = say.pretraining;
  const left = reading?.secondsLeft ?? secondsLeft;
  return [
    ...(reading ? [own.reading[reading.doing], own.readShare(percent(reading.share))] : []),
    ...(totalSteps === undefined ? [] : [say.stepOf(step, totalSteps)]),
    ...(left === undefined ? [] : [say.timeLeft(clock(left))]),
    ...(tokensPerSecond === undefined ? [] : [own.tokensPerSecond(tokensPerSecond.toFixed(0))]),
  ];
}
