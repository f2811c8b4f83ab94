import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadForPretraining } from '../../../src/server/model/pretrained-folder';
import { nodeFiles } from '../../../src/server/node-files';
import { judgedSequences } from '../../../src/server/pretraining/judge';
import { createRandom } from '../../../src/server/training/random';
import { type Peer, startProcess } from '../peer';
import { type Reached, batchOf, createSampler, inWords, memoryCourse, rateAt, sayOf } from './in-time';
import { judgePeer } from './judge-peer';
import { peerMessage } from './peer-message';
import { type BenchSequences, benchSequences } from './sequences';
import { writeModel } from './write-model';

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
    samples: mine.samples.map((own, i) => {
      const its = theirs.samples[i];
      return `rowlight ${inWords(own)}; torch ${its === undefined ? 'ended' : inWords(its)}`;
    }),
  };
}

const ends = ({ samples, steps, tokens, accuracy, loss }: Reached, minutes: number) => ({
  steps,
  tokens,
  tokens_per_second: Math.round(tokens / minutes / 60),
  masked_accuracy: Number(accuracy.toFixed(4)),
  masked_loss: Number(loss.toFixed(4)),
  resident_mb: memoryCourse(samples),
});

/** Writes a model folder with new weights, which both sides load. */
async function freshModel(shape: string, to: string) {
  const random = createRandom(1, 0);
  const start = { pairs: false, fresh: true, random: () => random.float() };
  const { folder, weights } = await loadForPretraining(nodeFiles, shape, start);
  writeModel(folder, weights, to);
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
  const sampler = createSampler(minutes * 60, sayOf('torch'));
  const ask = async (number: number) => {
    const sequences = await batchOf(reader, T, B, number);
    return { answer: peer.ask(peerMessage(sequences, T, padId, { rate: rateAt(sampler.share(), rate) })), sequences };
  };
  let asked = await ask(0);
  for (let number = 1; ; number++) {
    const next = sampler.share() < 1 ? await ask(number) : undefined;
    const { loss, resident_mb: resident } = await asked.answer;
    sampler.stepped(
      asked.sequences.reduce((sum, { ids }) => sum + ids.length, 0),
      loss!,
      resident ?? null,
    );
    if (next === undefined) break;
    asked = next;
  }
  const scores = await judgePeer(peer, await judgedSequences(heldOut, T), T, B, padId);
  return { ...sampler.reached(), ...scores };
}
