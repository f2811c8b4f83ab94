import type { PretrainingMetrics } from '../../protocol/pretraining-metrics';
import { count, nats, percent } from '../numbers';
import type { Phrases } from '../phrases';
import { perplexity, perplexityText } from './numbers';

/** The figures that stand out: name, value, what it is of. */
export function tilesOf({ run, masked, steps }: PretrainingMetrics, say: Phrases): [string, string, string][] {
  const own = say.pretraining;
  const { scores } = run;
  const speed = steps.at(-1)?.tokensPerSecond;
  return [
    [own.maskedAccuracy, percent(scores?.accuracy), own.ofBest],
    [own.perplexity, perplexityText(perplexity(scores?.loss)), own.ofBest],
    [own.maskedLoss, nats(scores?.loss), own.ofBest],
    [
      own.wholeWords,
      masked.words === 0 ? '–' : percent(masked.whole / masked.words),
      own.ofMasked(count(masked.words)),
    ],
    [say.step, count(run.step), run.totalSteps === undefined ? '' : say.stepOf(run.step, run.totalSteps)],
    [own.tokenRate, speed === undefined ? '–' : count(Math.round(speed)), ''],
  ];
}
