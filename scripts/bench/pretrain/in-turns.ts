import type { EngineName } from '../../../src/protocol/settings';
import { selectEngine } from '../../../src/server/engine/select';
import { loadForPretraining } from '../../../src/server/model/pretrained-folder';
import { nodeFiles } from '../../../src/server/node-files';
import { partsOf } from '../../../src/server/pretraining/loop';
import { createPretrainingStepper } from '../../../src/server/pretraining/stepper';
import { learningRateAt } from '../../../src/server/training/schedule';
import { type Peer, median, startPeer } from '../peer';
import { batchOf } from './in-time';
import { peerMessage } from './peer-message';
import { MASKS, benchSequences } from './sequences';

/** What is timed, or compared, how. */
export interface Turns {
  readonly texts: readonly string[];
  /** A Python with torch; without it Rowlight runs alone. */
  readonly python?: string;
  readonly model: string;
  readonly engine: string;
  readonly batch: number;
  readonly length: number;
  readonly threads: number;
  readonly steps: number;
  /** Whether losses are compared, without dropout, in the place of speeds. */
  readonly compares: boolean;
  /** A folder for what lies between. */
  readonly cache: string;
}

/** Steps of Rowlight and of torch in turns. Sets the exit code where losses are apart. */
export async function inTurns(given: Turns): Promise<object> {
  const { model, batch: B, length: T, threads, steps, compares, python } = given;
  const start = { pairs: false, fresh: false, random: () => 0.5 };
  const { folder, weights } = await loadForPretraining(nodeFiles, model, start);
  const { reader, padId } = await benchSequences(given.texts, folder, given.cache, 0);
  const config = compares ? { ...folder.config, hiddenDropout: 0, attentionDropout: 0 } : folder.config;
  const engine = await selectEngine({ engine: given.engine as EngineName, device: 'cpu', threads, spinning: true });
  const stepper = createPretrainingStepper(engine, config, weights, { seed: 1, pairs: false, memoryBudget: 8e9 });
  const precisions = python === undefined ? [] : compares ? ['float32'] : ['float32', 'bfloat16'];
  const peers: Peer[] = [];
  for (const precision of precisions) {
    const own = ['--model', model, '--precision', precision, '--threads', String(threads)];
    peers.push(await startPeer(python!, 'pretrain.py', compares ? own : [...own, '--dropout']));
  }

  const [mine, theirs]: [number[], number[][]] = [[], peers.map(() => [])];
  let largest = 0;
  const warmUp = compares ? 0 : 2;
  for (let step = -warmUp; step < steps; step++) {
    const sequences = await batchOf(reader, T, B, step + warmUp);
    const rate = learningRateAt(step + warmUp, steps + warmUp, 1e-4, 0.1, 'linear');
    const began = performance.now();
    const parts = partsOf(sequences, T, padId, { masks: MASKS, pairs: 'none', accumulate: 1 });
    const { masked } = await stepper.step(parts, rate);
    const seconds = (performance.now() - began) / 1000;
    const answers: Record<string, number>[] = [];
    for (const peer of peers) answers.push(await peer.ask(peerMessage(sequences, T, padId, { rate })));
    if (compares && peers.length > 0) largest = Math.max(largest, Math.abs(masked - answers[0]!.loss!));
    process.stderr.write(
      `step ${step}: rowlight ${(seconds * 1000).toFixed(0)} ms, loss ${masked.toFixed(5)}${answers.map((answer, i) => `; torch ${precisions[i]} ${(answer.seconds! * 1000).toFixed(0)} ms, loss ${answer.loss!.toFixed(5)}`).join('')}\n`,
    );
    if (step < 0) continue;
    mine.push(seconds);
    answers.forEach((answer, i) => theirs[i]!.push(answer.seconds!));
  }
  for (const peer of peers) peer.end();
  await stepper.dispose();
  if (compares && !(largest <= 1e-3)) process.exitCode = 1;
  const rateOf = (seconds: readonly number[]) => Math.round((B * T) / median(seconds));
  const best = Math.max(...theirs.map(rateOf));
  return {
    model,
    engine: engine.runtime,
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
}
