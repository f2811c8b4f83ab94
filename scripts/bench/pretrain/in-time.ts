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
  /** Resident memory; null where the system does not say. */
  readonly residentMb: number | null;
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

/**
 * Keeps samples of a training that began now: one after its first step, then one each thirtieth of its time.
 * @param sampled hears of each sample, so that a run that is broken off has said how far it was
 * @param now milliseconds
 */
export function createSampler(seconds: number, sampled: (sample: Sample) => void, now = () => performance.now()) {
  const began = now();
  const samples: Sample[] = [];
  let [tokens, steps, loss, since] = [0, 0, 0, 0];
  const elapsed = () => (now() - began) / 1000;
  return {
    /** The share of the time that is over. */
    share: () => elapsed() / seconds,
    /** Takes a step in. @param residentMb memory after it; null where the system does not say */
    stepped(stepTokens: number, stepLoss: number, residentMb: number | null): void {
      tokens += stepTokens;
      steps++;
      loss += stepLoss;
      since++;
      if (elapsed() < (seconds * samples.length) / SAMPLES) return;
      const minute = Number((elapsed() / 60).toFixed(2));
      samples.push({ minute, tokens, loss: Number((loss / since).toFixed(4)), residentMb });
      sampled(samples.at(-1)!);
      [loss, since] = [0, 0];
    },
    reached: () => ({ samples, steps, tokens }),
  };
}

/** Says on standard error how far a side is. @param name of the side */
export const sayOf = (name: string) => (sample: Sample) => void process.stderr.write(`${name} ${inWords(sample)}\n`);

/** A sample for people. */
export function inWords({ minute, tokens, loss, residentMb }: Sample): string {
  return `minute ${minute}: ${tokens} tokens, loss ${loss}${residentMb === null ? '' : `, ${residentMb} MB`}`;
}

/** Resident memory in MB after the first step, half-way and at the end, and the MB a minute by which it grew over the last half. */
export interface MemoryCourse {
  readonly start: number | null;
  readonly middle: number | null;
  readonly end: number | null;
  readonly mb_a_minute: number | null;
}

/** The course of resident memory, nulls where it was not to be had. The slope is that of the line of least squares. @param samples one at least */
export function memoryCourse(samples: readonly Sample[]): MemoryCourse {
  const middle = Math.floor(samples.length / 2);
  const [start, half, end] = [0, middle, samples.length - 1].map((at) => samples[at]!.residentMb) as [
    number | null,
    number | null,
    number | null,
  ];
  const late = samples.slice(middle);
  const mean = (of: (sample: Sample) => number) => late.reduce((sum, one) => sum + of(one), 0) / late.length;
  const [minute, memory] = [mean((one) => one.minute), mean((one) => one.residentMb ?? Number.NaN)];
  const across = mean((one) => (one.minute - minute) * ((one.residentMb ?? Number.NaN) - memory));
  const slope = across / mean((one) => (one.minute - minute) ** 2);
  return { start, middle: half, end, mb_a_minute: Number.isFinite(slope) ? Number(slope.toFixed(3)) : null };
}
