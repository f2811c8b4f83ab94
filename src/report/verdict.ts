import type { Interval, Judgement } from '../protocol/metrics';
import { points } from './numbers';
import type { Phrases } from './phrases';

/** What the comparison with the floor comes to. */
export interface Verdict {
  /** `better` and `worse` are beyond noise: the interval of the difference leaves zero out. */
  readonly kind: 'better' | 'noise' | 'worse' | 'unknown';
  /** `BERT +6.1 points` */
  readonly headline: string;
  /** The reason in a sentence. */
  readonly reason: string;
}

/**
 * Whether the model is better than the floor by accuracy (of several labels a row: by macro F1), in words that claim no more than the rows show.
 */
export function verdictOf({ floor, rows, sets }: Pick<Judgement, 'floor' | 'rows' | 'sets'>, say: Phrases): Verdict {
  if (floor === 'unknown') return { kind: 'unknown', headline: say.floorUnknown, reason: say.floorUnknownWhy };
  const gain: Interval = sets ? floor.macroF1Gain : floor.accuracyGain;
  const told = (reason: string) => (sets ? `${reason} ${say.byMacroF1}` : reason);
  const [value, low, high] = [points(gain.value), points(gain.low), points(gain.high)];
  if (gain.low > 0)
    return { kind: 'better', headline: say.better(value), reason: told(say.beyondNoise(low, high, rows)) };
  if (gain.high < 0)
    return { kind: 'worse', headline: say.worse(value), reason: told(say.beyondNoise(low, high, rows)) };
  const headline = gain.value > 0 ? say.withinNoise(value) : say.notBetter(value);
  return { kind: 'noise', headline, reason: told(say.maybeNoise(low, high, rows)) };
}
