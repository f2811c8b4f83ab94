import { MOST_JUDGED } from '../../../src/server/pretraining/judge';
import type { Masked } from '../../../src/server/pretraining/batch';
import type { SequenceReader } from '../../../src/server/pretraining/sequence-reader';
import { learningRateAt } from '../../../src/server/training/schedule';

/*
 * Training for a given time: what both sides do alike, whoever is faster.
 */

/** How often a side says how far it is. */
export const SAMPLES = 30;

/** How far a side is. */
export interface Sample {
  readonly minute: number;
  readonly tokens: number;
  /** Mean loss of the masked words since the sample before. */
  readonly loss: number;
  /** Resident memory, where it is asked for. */
  readonly residentMb?: number;
}

/** What a side has reached in the end. */
export interface Reached {
  readonly samples: readonly Sample[];
  readonly steps: number;
  readonly tokens: number;
  /** Of held-out documents. */
  readonly accuracy: number;
  readonly loss: number;
}

/** The learning rate after a share of the time: warm-up over 3 % of it, then in a line to 0. */
export function rateAt(share: number, peak: number): number {
  return learningRateAt(Math.min(1, share) * 1e6, 1e6, peak, 0.03, 'linear');
}

/** Batch number `number`. */
export async function batchOf(reader: SequenceReader, T: number, B: number, number: number): Promise<Masked[]> {
  const sequences: Masked[] = [];
  for (let i = 0; i < B; i++) sequences.push(await reader.masked(T, number * B + i));
  return sequences;
}

/** The batches that judge, the last with fewer sequences. */
export async function judgingBatches(heldOut: SequenceReader, T: number, B: number): Promise<Masked[][]> {
  const count = Math.min(MOST_JUDGED, heldOut.count(T));
  const batches: Masked[][] = [];
  for (let at = 0; at < count; at += B) {
    const batch: Masked[] = [];
    for (let i = at; i < Math.min(count, at + B); i++) batch.push(await heldOut.masked(T, i));
    batches.push(batch);
  }
  return batches;
}

/** Keeps samples of a training that began now. */
export function createSampler(seconds: number, resident?: () => number) {
  const began = performance.now();
  const samples: Sample[] = [];
  let [tokens, steps, loss, since] = [0, 0, 0, 0];
  const elapsed = () => (performance.now() - began) / 1000;
  return {
    /** The share of the time that is over. */
    share: () => elapsed() / seconds,
    /** Takes a step in. */
    stepped(stepTokens: number, stepLoss: number): void {
      tokens += stepTokens;
      steps++;
      loss += stepLoss;
      since++;
      if (elapsed() < (seconds * (samples.length + 1)) / SAMPLES) return;
      samples.push({
        minute: Number((elapsed() / 60).toFixed(2)),
        tokens,
        loss: Number((loss / since).toFixed(4)),
        ...(resident === undefined ? {} : { residentMb: resident() }),
      });
      [loss, since] = [0, 0];
    },
    reached: () => ({ samples, steps, tokens }),
  };
}

/** MB a minute by which resident memory grows over the last half of the samples: the slope of the line of least squares. */
export function residentSlope(samples: readonly Sample[]): number {
  const half = samples.slice(Math.floor(samples.length / 2));
  const mean = (of: (sample: Sample) => number) => half.reduce((sum, one) => sum + of(one), 0) / half.length;
  const [minute, memory] = [mean((one) => one.minute), mean((one) => one.residentMb!)];
  const across = mean((one) => (one.minute - minute) * (one.residentMb! - memory));
  return across / mean((one) => (one.minute - minute) ** 2);
}
