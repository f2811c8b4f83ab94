import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadForPretraining, pretrainedFolderFiles } from '../../../src/server/model/pretrained-folder';
import { nodeFiles } from '../../../src/server/node-files';
import { createRandom } from '../../../src/server/training/random';
import { type Peer, startProcess } from '../peer';
import { type Reached, type Sample, batchOf, createSampler, judgingBatches, rateAt, residentSlope } from './in-time';
import { peerMessage, predictionsOf } from './peer-message';
import { type BenchSequences, benchSequences } from './sequences';

/** What is compared for how long. */
export interface Comparison {
  readonly texts: readonly string[];
  readonly python: string;
  /** Folder of the model whose shape and vocabulary are taken. */
  readonly model: string;
  readonly engine: string;
  readonly precision: string;
  readonly minutes: number;
  readonly batch: number;
  readonly length: number;
  /** Threads, and so processors, of each side. */
  readonly threads: number;
  readonly rate: number;
  /** Share of the documents that are held out. */
  readonly heldOut: number;
  /** A folder for what lies between. */
  readonly cache: string;
}

/** Trains with both at the same time, each on processors of its own, from the same new weights, and judges both on the same held-out sequences. */
export async function besideTorch(given: Comparison): Promise<object> {
  const { minutes, threads, cache, batch, length } = given;
  const model = await freshModel(given.model, join(cache, 'model'));
  const sequences = await benchSequences(given.texts, model, cache, given.heldOut);
  if (sequences.heldOut.count(length) === 0) throw new Error('no document is held out: give more, or longer, texts');
  const common = ['--model', join(cache, 'model'), '--threads', String(threads)];
  const ours = await startOn(0, threads, process.execPath, [
    'scripts/bench.mjs',
    'pretrain-contestant',
    ...given.texts,
    ...common,
    ...['--engine', given.engine, '--cache', cache, '--minutes', String(minutes), '--batch', String(batch)],
    ...['--length', String(length), '--rate', String(given.rate), '--held-out', String(given.heldOut)],
  ]);
  const script = ['scripts/bench/peers/pretrain.py', ...common, '--precision', given.precision, '--dropout'];
  const torch = await startOn(threads, threads, given.python, script);
  const [mine, theirs] = await Promise.all([
    ours.ask('go') as Promise<unknown> as Promise<Reached>,
    trainPeer(torch, sequences, given),
  ]);
  ours.end();
  torch.end();
  return {
    shape: given.model,
    minutes,
    batch,
    length,
    threads,
    rate: given.rate,
    precision: given.precision,
    rowlight: { engine: ours.description.engine, ...ends(mine, minutes) },
    torch: { peer: torch.description.peer, attention: torch.description.attention, ...ends(theirs, minutes) },
    times_torch: Number((mine.tokens / theirs.tokens).toFixed(3)),
    rowlight_resident_mb_a_minute: Number(residentSlope(mine.samples).toFixed(3)),
    samples: mine.samples.map((own, i) => `${inWords(own)}; torch: ${inWords(theirs.samples[i])}`),
  };
}

const inWords = (sample: Sample | undefined): string =>
  sample === undefined
    ? 'ended'
    : `minute ${sample.minute}, ${sample.tokens} tokens, loss ${sample.loss}${sample.residentMb === undefined ? '' : `, ${sample.residentMb} MB`}`;

const ends = ({ steps, tokens, accuracy, loss }: Reached, minutes: number) => ({
  steps,
  tokens,
  tokens_per_second: Math.round(tokens / minutes / 60),
  masked_accuracy: Number(accuracy.toFixed(4)),
  masked_loss: Number(loss.toFixed(4)),
});

/** Writes a model folder with new weights, which both sides load. */
async function freshModel(shape: string, to: string) {
  const random = createRandom(1, 0);
  const start = { pairs: false, fresh: true, random: () => random.float() };
  const { folder, weights } = await loadForPretraining(nodeFiles, shape, start);
  const rowlight = { format: 1, rowlight: 'bench', base: shape, step: 0 } as const;
  mkdirSync(to);
  for (const { name, parts } of pretrainedFolderFiles(folder.config, weights, false, folder.tokenizer, rowlight))
    writeFileSync(join(to, name), Buffer.concat(parts as Uint8Array[]));
  return folder;
}

/** Starts a process on `count` processors from number `first` on, where the system can; elsewhere it is said that it can't. */
function startOn(first: number, count: number, program: string, args: readonly string[]): Promise<Peer> {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
  } catch {
    process.stderr.write('taskset is not to be had: nothing holds the two sides on processors of their own\n');
    return startProcess(program, args);
  }
  if (first + count > availableParallelism())
    throw new Error(`${availableParallelism()} processors are too few for two sides with ${count} threads each`);
  return startProcess('taskset', ['-c', `${first}-${first + count - 1}`, program, ...args]);
}

/** Trains torch. Its batches are drawn here, outside its processors' work and ahead of it, so that it never waits for one. */
async function trainPeer(
  peer: Peer,
  { reader, heldOut, padId }: BenchSequences,
  { minutes, batch: B, length: T, rate }: Comparison,
): Promise<Reached> {
  const sampler = createSampler(minutes * 60);
  const ask = async (number: number) => {
    const sequences = await batchOf(reader, T, B, number);
    return { answer: peer.ask(peerMessage(sequences, T, padId, { rate: rateAt(sampler.share(), rate) })), sequences };
  };
  let asked = await ask(0);
  for (let number = 1; ; number++) {
    const next = sampler.share() < 1 ? await ask(number) : undefined;
    const { loss } = await asked.answer;
    sampler.stepped(
      asked.sequences.reduce((sum, { ids }) => sum + ids.length, 0),
      loss!,
    );
    if (next === undefined) break;
    asked = next;
  }
  let [right, loss, all] = [0, 0, 0];
  for (const sequences of await judgingBatches(heldOut, T, B)) {
    const judged = await peer.ask(peerMessage(sequences, T, padId, { judge: 1 }));
    const count = predictionsOf(sequences);
    right += judged.correct!;
    loss += judged.loss! * count;
    all += count;
  }
  return { ...sampler.reached(), accuracy: right / all, loss: loss / all };
}
