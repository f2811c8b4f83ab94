// Masked-word pre-training beside torch's, in turns in one run, on the same sequences with the same masks: zh-mini, packed sequences, whole words.
//
//   node scripts/bench.mjs pretrain FILE_OR_FOLDER… --python .venv/parity/bin/python [--batch 32] [--length 128] [--steps 10] [--threads 2]
//   node scripts/bench.mjs pretrain FILE_OR_FOLDER… --python .venv/parity/bin/python --losses 50
//
// The first prints tokens a second of each (median of the steps, after two that warm up; dropout 0.1), torch in float32 and in bfloat16, and
// the ratio to the faster of the two. The second trains without dropout, both from the same weights, and prints the largest difference of the
// losses; it ends with 1 where that is above 1e-3. Without a Python it measures Rowlight alone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildCorpus } from '../../src/server/corpus/build-corpus';
import { loadJieba } from '../../src/server/corpus/jieba';
import { openShards } from '../../src/server/corpus/shards';
import { corpusFiles } from '../../src/server/corpus/sources';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { loadForPretraining } from '../../src/server/model/pretrained-folder';
import { nodeFiles } from '../../src/server/node-files';
import type { Masked } from '../../src/server/pretraining/batch';
import { partsOf } from '../../src/server/pretraining/loop';
import { createSequenceReader } from '../../src/server/pretraining/sequence-reader';
import type { MaskSettings } from '../../src/server/pretraining/settings';
import { createPretrainingStepper } from '../../src/server/pretraining/stepper';
import { createTokenizer } from '../../src/server/tokenizer/tokenizer';
import { readTokenizerFiles } from '../../src/server/tokenizer/tokenizer-files';
import { learningRateAt } from '../../src/server/training/schedule';
import { type Peer, median, startPeer } from './peer';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string' },
    model: { type: 'string', default: 'models/zh-mini' },
    batch: { type: 'string', default: '32' },
    length: { type: 'string', default: '128' },
    steps: { type: 'string', default: '10' },
    threads: { type: 'string', default: '2' },
    losses: { type: 'string' },
  },
});
const [B, T, threads] = [Number(values.batch), Number(values.length), Number(values.threads)];
const compares = values.losses !== undefined;
const steps = Number(values.losses ?? values.steps);
const masks: MaskSettings = { unit: 'word', share: 0.15, most: 80 };

const { folder, weights } = await loadForPretraining(nodeFiles, values.model, {
  pairs: false,
  fresh: false,
  random: () => 0.5,
});
const { vocabulary, config: tokenizerConfig } = readTokenizerFiles(folder.tokenizer, folder.folder);
const cache = mkdtempSync(join(tmpdir(), 'rowlight-bench-'));
const corpus = await buildCorpus(
  {
    files: await corpusFiles(positionals, undefined),
    tokenizer: createTokenizer(vocabulary, tokenizerConfig),
    unkId: vocabulary.unkId,
    leaveOut: [],
    segment: await loadJieba(),
    cache,
    settings: { rowlight: 'bench', tokenizer: values.model, heldOut: 0, seed: 1 },
  },
  { clock: { now: () => Date.now() }, signal: new AbortController().signal, progress: () => undefined },
);
const special = new Set([vocabulary.padId, vocabulary.clsId, vocabulary.sepId, vocabulary.maskId]);
const reader = createSequenceReader(openShards(corpus.folder, corpus.manifest.shards), {
  seed: 1,
  pairs: 'none',
  masks,
  vocabulary: {
    ...vocabulary,
    special,
    ordinary: Int32Array.from([...vocabulary.tokens.keys()].filter((id) => !special.has(id))),
  },
});
const config = compares ? { ...folder.config, hiddenDropout: 0, attentionDropout: 0 } : folder.config;
const engine = createOnnxEngine({ providers: ['cpu'], threads, spinning: true }, 'cpu');
const stepper = createPretrainingStepper(engine, config, weights, { seed: 1, pairs: false, memoryBudget: 8e9 });

const precisions = values.python === undefined ? [] : compares ? ['float32'] : ['float32', 'bfloat16'];
const peers: Peer[] = [];
for (const precision of precisions) {
  const given = ['--model', values.model, '--precision', precision, '--threads', values.threads];
  peers.push(await startPeer(values.python!, 'pretrain.py', compares ? given : [...given, '--dropout']));
}

/** A batch as the peer reads it. */
function message(sequences: readonly Masked[], rate: number): string {
  const [batch] = partsOf(sequences, T, vocabulary.padId, { masks, pairs: 'none', accumulate: 1 });
  const count = sequences.reduce((sum, { positions }) => sum + positions.length, 0);
  const rows = (name: string) =>
    Array.from({ length: B }, (_, row) => [...batch!.inputs[name]!.data.subarray(row * T, (row + 1) * T)]);
  const first = (name: string) => [...batch!.inputs[name]!.data.subarray(0, count)];
  const [ids, mask, typeIds] = ['ids', 'mask', 'typeIds'].map(rows);
  return JSON.stringify({ ids, mask, typeIds, positions: first('positions'), labels: first('labels'), rate });
}

const [mine, theirs]: [number[], number[][]] = [[], peers.map(() => [])];
let largest = 0;
const warmUp = compares ? 0 : 2;
for (let step = -warmUp; step < steps; step++) {
  const number = step + warmUp;
  const sequences: Masked[] = [];
  for (let i = 0; i < B; i++) sequences.push(await reader.masked(T, number * B + i));
  const rate = learningRateAt(number, steps + warmUp, 1e-4, 0.1, 'linear');
  const began = performance.now();
  const { masked } = await stepper.step(
    partsOf(sequences, T, vocabulary.padId, { masks, pairs: 'none', accumulate: 1 }),
    rate,
  );
  const seconds = (performance.now() - began) / 1000;
  const answers: Record<string, number>[] = [];
  for (const peer of peers) answers.push(await peer.ask(message(sequences, rate)));
  if (compares && peers.length > 0) largest = Math.max(largest, Math.abs(masked - answers[0]!.loss!));
  process.stderr.write(
    `step ${step}: rowlight ${(seconds * 1000).toFixed(0)} ms, loss ${masked.toFixed(5)}${answers.map((answer, i) => `; torch ${precisions[i]} ${(answer.seconds! * 1000).toFixed(0)} ms, loss ${answer.loss!.toFixed(5)}`).join('')}\n`,
  );
  if (step < 0) continue;
  mine.push(seconds);
  answers.forEach((answer, i) => theirs[i]!.push(answer.seconds!));
}
const rateOf = (seconds: readonly number[]) => Math.round((B * T) / median(seconds));
const best = Math.max(...theirs.map(rateOf));
const result = {
  model: values.model,
  batch: B,
  length: T,
  threads,
  steps,
  ...(compares ? { largest_loss_difference: largest } : {}),
  rowlight_tokens_per_second: rateOf(mine),
  ...Object.fromEntries(theirs.map((seconds, i) => [`torch_${precisions[i]}_tokens_per_second`, rateOf(seconds)])),
  times_torch: peers.length === 0 ? null : Number((rateOf(mine) / best).toFixed(3)),
  rowlight_peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  peers: peers.map(({ description }) => description.peer),
};
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
for (const peer of peers) peer.end();
await stepper.dispose();
rmSync(cache, { recursive: true, force: true });
if (compares && !(largest <= 1e-3)) process.exitCode = 1;
