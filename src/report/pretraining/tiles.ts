import type { MaskedScores } from '../../protocol/pretraining';
import type { PretrainingMetrics } from '../../protocol/pretraining-metrics';
import { count, nats, percent } from '../numbers';
import type { Phrases } from '../phrases';
import { perplexity, perplexityText } from './numbers';

/** The figures that stand out: name, value, what it is of. */
export function tilesOf({ run, masked, steps }: PretrainingMetrics, say: Phrases): [string, string, string][] {
  const own = say.pretraining;
  const { scores, before } = run;
  const score = (name: string, text: (of: MaskedScores | undefined) => string): [string, string, string] => [
    name,
    text(scores),
    before ? own.ofBestSince(text(before)) : own.ofBest,
  ];
  const speed = steps.at(-1)?.tokensPerSecond;
  return [
    score(own.maskedAccuracy, (of) => percent(of?.accuracy)),
    score(own.perplexity, (of) => perplexityText(perplexity(of?.loss))),
    score(own.maskedLoss, (of) => nats(of?.loss)),
    [
      own.wholeWords,
      masked.words === 0 ? '–' : percent(masked.whole / masked.words),
      own.ofMasked(count(masked.words)),
    ],
    [say.step, count(run.step), run.totalSteps === undefined ? '' : say.stepOf(run.step, run.totalSteps)],
    [own.tokenRate, speed === undefined ? '–' : count(Math.round(speed)), ''],
  ];
}
