// Rowlight as a peer of the bench page: one engine on one device, timed by whoever asks. `npm run bench` starts these.
//
//   node scripts/bench.mjs contestant --task step --engine onnx --device cpu --config mini --batch 32 --length 32 --threads 2
//   node scripts/bench.mjs contestant --task inference --device cpu --dtype float32 --model FOLDER --texts '["…"]' --single TEXT --threads 2
//
// Speaks as scripts/bench/peers/*.py do: one line of JSON when ready, {"absent"} where the engine or device is not to be had; then for each line of
// standard input (`step`, `predict`, `memory`) one line of JSON.
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Engine } from '../../src/server/engine/engine';
import { type EngineChoice, selectEngine } from '../../src/server/engine/select';
import { loadTensorflowEngine } from '../../src/server/engine/tensorflow/load';
import { createPredictor } from '../../src/server/inference/predictor';
import { fillFresh } from '../../src/server/model/weights';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import { createRandom } from '../../src/server/training/random';
import { createStepperFor } from '../../src/server/training/stepper-for';
import { median } from './peer';
import { BASE, LABELS, MINI, randomBatch } from './shapes';

const { values } = parseArgs({
  options: {
    task: { type: 'string', default: 'step' },
    engine: { type: 'string', default: 'onnx' },
    device: { type: 'string', default: 'cpu' },
    dtype: { type: 'string', default: 'float32' },
    config: { type: 'string', default: 'base' },
    batch: { type: 'string', default: '32' },
    length: { type: 'string', default: '32' },
    threads: { type: 'string', default: '2' },
    model: { type: 'string' },
    texts: { type: 'string' },
    single: { type: 'string' },
  },
});
const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`);
const device = values.device as NonNullable<EngineChoice['device']>;
const threads = Number(values.threads);
const engine =
  values.engine === 'onnx'
    ? await selectEngine({ device, threads, spinning: true })
    : loadTensorflowEngine(threads, values.dtype === 'bfloat16' ? 'bfloat16' : 'float32');
if ('problem' in engine) say({ absent: engine.problem });
else if (engine.device !== device) say({ absent: engine.note ?? `it runs on ${engine.device}` });
else await answerAll(engine, await contestant(engine));

async function answerAll(engine: Engine, ask: () => Promise<object>): Promise<void> {
  say({ engine: engine.name, device: engine.device, node: process.versions.node });
  for await (const line of createInterface({ input: process.stdin })) {
    const peak = { peak_mb: process.resourceUsage().maxRSS / 1024 };
    say(line.trim() === 'memory' ? peak : await ask());
  }
  process.exit();
}

async function contestant(engine: Engine): Promise<() => Promise<object>> {
  if (values.task === 'step') return trainer(engine);
  const { model } = await loadClassifier(values.model!);
  const predictor = await createPredictor(engine, { ...model, maxLength: 128 }, values.dtype as 'float32' | 'int8');
  const texts = (JSON.parse(values.texts!) as string[]).map((text) => ({ text }));
  return async () => {
    const began = performance.now();
    await predictor.predict(texts);
    const seconds = (performance.now() - began) / 1000;
    const times: number[] = [];
    for (let i = 0; i < 21; i++) {
      const start = performance.now();
      await predictor.predict([{ text: values.single! }]);
      times.push(performance.now() - start);
    }
    return { texts_per_second: texts.length / seconds, single_ms: median(times) };
  };
}

function trainer(engine: Engine): () => Promise<object> {
  const config = values.config === 'base' ? BASE : MINI;
  const random = createRandom(1, 0);
  const weights = fillFresh(new Map(), config, LABELS, () => random.float());
  const settings = { seed: 1, loss: CROSS_ENTROPY, memoryBudget: 8e9 };
  const stepper = createStepperFor(engine, config, weights, 'full', settings);
  return async () => {
    const batch = randomBatch(config, Number(values.batch), Number(values.length), random);
    const began = performance.now();
    const { loss } = await stepper.step(batch, 2e-5);
    return { seconds: (performance.now() - began) / 1000, loss };
  };
}
