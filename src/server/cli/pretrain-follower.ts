import type { PretrainingFollower } from '../runs/pretrain/follow';
import { describe, filledText } from './pretrain-lines';
import { duration } from './progress-bar';
import type { ProgressLine } from './progress-line';
import { percent } from './report';

/** Tells of a run on a terminal: steps on a line that is written over, judgements and fill-ins on lines that stay. */
export function terminalFollower(line: ProgressLine): PretrainingFollower {
  return {
    started: (run, sequences) => describe(run, sequences).forEach((text) => line.print(text)),
    estimated({ measured, seconds, peakMemory }) {
      const memory = `${Math.ceil(peakMemory / 1e6)} MB`;
      line.print(`estimate  about ${duration(seconds)} and ${memory} of memory (${measured} steps measured)`);
    },
    stepped({ step, masked, pair, learningRate }, { tokensPerSecond, secondsLeft }, total) {
      const pairs = pair === undefined ? '' : `  pairs ${pair.toFixed(3)}`;
      line.show(
        `step ${step}/${total}  loss ${masked.toFixed(3)}${pairs}  rate ${learningRate.toExponential(1)}  ${Math.round(tokensPerSecond)} tokens/s  ${duration(secondsLeft)} left`,
        step / total,
      );
    },
    judged(step, scores, filled) {
      if (scores !== undefined) {
        line.print(
          `step ${step}: masked accuracy ${percent(scores.accuracy)}, loss ${scores.loss.toFixed(4)}, perplexity ${Math.exp(scores.loss).toFixed(2)}`,
        );
      }
      for (const { text, fillings } of filled) line.print(`  ${filledText(text, fillings)}`);
    },
  };
}
