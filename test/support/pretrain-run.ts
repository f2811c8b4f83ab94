import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../../src/server/env';
import type { CorpusProgress } from '../../src/server/corpus/build-corpus';
import type { PretrainingFollower, PretrainingWorld } from '../../src/server/runs/pretrain/follow';
import type { PretrainRequest } from '../../src/server/runs/pretrain/prepare';
import { createRandom } from '../../src/server/training/random';
import { testEngine } from './model';

/** The tiny golden model of pre-training, with both heads. */
const BASE = join('test', 'golden', 'pretraining', 'tiny');

/** Writes documents of words that repeat, so that there is something to learn, into the folder's `texts.txt`. Returns its path. */
export function writeTexts(folder: string): string {
  const random = createRandom(1, 1);
  const words = ['身份证', '丢了', '怎么办', '补办', '交通事故', '报警', '我想问', '去哪里'];
  const line = () => Array.from({ length: 6 }, () => words[random.below(words.length)]).join('');
  const path = join(folder, 'texts.txt');
  writeFileSync(path, Array.from({ length: 60 }, () => `${line()}\n${line()}\n`).join('\n'));
  return path;
}

/** A run of twenty steps over those texts, into the folder `run` of the folder. */
export function pretrainRequest(
  folder: string,
  run: string,
  changes: Partial<PretrainRequest['settings']> = {},
): PretrainRequest {
  return {
    data: [join(folder, 'texts.txt')],
    texts: {},
    leaveOut: [],
    base: BASE,
    baseFolder: BASE,
    fresh: true,
    output: join(folder, run),
    cache: join(folder, 'corpora'),
    heldOut: 0.2,
    epochs: 1,
    settings: {
      seed: 3,
      masks: { unit: 'word', share: 0.3, most: 20 },
      pairs: 'sop',
      phases: [
        { length: 16, share: 0.4 },
        { length: 32, share: 0.6 },
      ],
      batchSize: 6,
      accumulate: 2,
      steps: 20,
      learningRate: 5e-3,
      warmup: 0.1,
      schedule: 'linear',
      average: 0.9,
      evaluateEvery: 8,
      fillIn: ['身份[MASK]丢了'],
      ...changes,
    },
  };
}

/** A follower that hears nothing. */
export const deafFollower: PretrainingFollower = { started() {}, estimated() {}, stepped() {}, judged() {} };

/** What a run needs. `signal` stops it. */
export function pretrainWorld(follower = deafFollower, signal = new AbortController().signal) {
  const world: PretrainingWorld = {
    engine: testEngine,
    clock: { now: () => Date.now() },
    log: silentLog,
    version: '0.0.0',
    memoryBudget: 1e9,
    signal,
    follower,
  };
  return { ...world, progress: (_progress: CorpusProgress) => undefined };
}
