// Rowlight's side of `pretrain --minutes`: pre-trains for so many minutes in a process of its own. That bench starts it.
//
//   node scripts/bench.mjs pretrain-contestant FILE_OR_FOLDER… --model FOLDER --cache FOLDER --engine tensorflow --minutes 30
//     --threads 1 --batch 32 --length 128 --rate 1e-3 --held-out 0.01
//
// Speaks as the peers do: a line of JSON when ready; for a line on standard input the whole training and one line of JSON.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { EngineName } from '../../src/protocol/settings';
import { selectEngine } from '../../src/server/engine/select';
import { loadForPretraining } from '../../src/server/model/pretrained-folder';
import { nodeFiles } from '../../src/server/node-files';
import { judgeSequences, judgedSequences } from '../../src/server/pretraining/judge';
import { partsOf } from '../../src/server/pretraining/loop';
import { createPretrainingStepper } from '../../src/server/pretraining/stepper';
import { batchOf, createSampler, rateAt, sayOf } from './pretrain/in-time';
import { MASKS, benchSequences } from './pretrain/sequences';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'models/zh-mini' },
    cache: { type: 'string', default: '' },
    engine: { type: 'string', default: 'onnx' },
    minutes: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
    batch: { type: 'string', default: '32' },
    length: { type: 'string', default: '128' },
    rate: { type: 'string', default: '1e-3' },
    'held-out': { type: 'string', default: '0.01' },
  },
});
const [B, T, threads, peak] = [values.batch, values.length, values.threads, values.rate].map(Number) as [
  number,
  number,
  number,
  number,
];
const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const start = { pairs: false, fresh: false, random: () => 0.5 };
const { folder, weights } = await loadForPretraining(nodeFiles, values.model, start);
const { reader, heldOut, padId } = await benchSequences(positionals, folder, values.cache, Number(values['held-out']));
const engine = await selectEngine({ engine: values.engine as EngineName, device: 'cpu', threads, spinning: true });
const settings = { seed: 1, pairs: false, memoryBudget: 8e9 };
const stepper = createPretrainingStepper(engine, folder.config, weights, settings);
say({ engine: engine.runtime, node: process.versions.node });
const lines = createInterface({ input: process.stdin });
// Whoever asked is gone: nobody wants the rest.
lines.once('close', () => process.exit());
await once(lines, 'line');

const sampler = createSampler(Number(values.minutes) * 60, sayOf('rowlight'));
for (let number = 0; sampler.share() < 1; number++) {
  // The batch may be in memory and the step compute here: without a turn of the event loop the end of the input would not be heard.
  await setImmediate();
  const sequences = await batchOf(reader, T, B, number);
  const parts = partsOf(sequences, T, padId, { masks: MASKS, pairs: 'none', accumulate: 1 });
  const { masked } = await stepper.step(parts, rateAt(sampler.share(), peak));
  sampler.stepped(
    sequences.reduce((sum, { ids }) => sum + ids.length, 0),
    masked,
    Math.round(process.memoryUsage.rss() / 2 ** 20),
  );
}
const scores = await judgeSequences(stepper, await judgedSequences(heldOut, T), T, B, padId, MASKS, false);
say({ ...sampler.reached(), ...scores });
await stepper.dispose();
process.exit();
