// Inference of a classifier in turns in one run: Rowlight (float32, int8) beside torch (float32, bfloat16 autocast), the transformers pipeline and
// onnxruntime in Python (float32 and its own dynamic int8), on the texts of a table cut at 128 tokens, tokens included; and one text of 32 tokens.
//
//   node scripts/bench.mjs inference --python .venv/parity/bin/python --model FOLDER --texts FILE.tsv [--count 200] [--rounds 3] [--threads 2]
//
// FOLDER is a Hugging Face folder; scripts/bench/peers/random_classifier.py makes one of BERT-base's size. Peers sort texts by length and batch 32.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exportCommand } from '../../src/server/cli/export';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { createPredictor } from '../../src/server/inference/predictor';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { median, startPeer } from './peer';

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    model: { type: 'string' },
    texts: { type: 'string' },
    count: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
  },
});
const [count, rounds, threads] = [values.count, values.rounds, values.threads].map(Number) as [number, number, number];
// Rowlight computes equal texts once and the peers do not: each is taken once.
const texts = [...new Set(readFileSync(values.texts!, 'utf8').split(/\r?\n/).slice(1).map((line) => line.split('\t').at(-1)!))].filter((text) => text.trim() !== ''); // prettier-ignore
if (texts.length < count)
  throw new Error(`${values.texts} has ${texts.length} different texts; ask for as many with --count`);
// Spread over the table, whose rows may be sorted.
const chosen = Array.from({ length: count }, (_, i) => texts[Math.floor((i * texts.length) / count)]!);

const engine = createOnnxEngine({ providers: ['cpu'], threads, spinning: true }, 'cpu');
const loaded = await loadClassifier(values.model!);
const model = { ...loaded.model, maxLength: 128 };
const folder = mkdtempSync(join(tmpdir(), 'rowlight-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
await exportCommand(values.model!, join(folder, 'onnx'), { format: 'onnx', dtype: 'float32', verbose: false });

// By file: a command line holds some hundred texts only.
const textsFile = join(folder, 'texts.json');
writeFileSync(textsFile, JSON.stringify(chosen));

/** A text of 32 tokens, special ones included: characters of the texts, each a token in Chinese. */
const single = chosen.join('').replace(/[^一-龥]/g, '').slice(0, 30); // prettier-ignore
const ours = {
  'rowlight float32': await createPredictor(engine, model),
  'rowlight int8': await createPredictor(engine, model, 'int8'),
};
const peer = await startPeer(values.python!, 'inference.py', [
  ...['--model', loaded.folder.folder, '--onnx', join(folder, 'onnx', 'model.onnx')],
  ...['--texts', textsFile, '--single', single, '--threads', values.threads],
]);
const SINGLES = 21;
const rates = new Map<string, number[]>();
const singles = new Map<string, number[]>();
const note = (into: Map<string, number[]>, name: string, value: number) =>
  into.set(name, [...(into.get(name) ?? []), value]);

for (let round = 0; round <= rounds; round++) {
  for (const [name, predictor] of Object.entries(ours)) {
    const began = performance.now();
    await predictor.predict(chosen.map((text) => ({ text })));
    const rate = chosen.length / ((performance.now() - began) / 1000);
    const times: number[] = [];
    for (let i = 0; i < SINGLES; i++) {
      const start = performance.now();
      await predictor.predict([{ text: single }]);
      times.push(performance.now() - start);
    }
    // The first round warms up.
    if (round === 0) continue;
    note(rates, name, rate);
    note(singles, name, median(times));
  }
  for (const name of peer.description['names'] as string[]) {
    const { texts_per_second, single_ms } = await peer.ask(name);
    if (round === 0) continue;
    note(rates, name, texts_per_second!);
    note(singles, name, single_ms!);
  }
  process.stderr.write(`round ${round}${round === 0 ? ' (warm-up)' : ''}\n`);
}
peer.end();
const base = median(rates.get('torch float32')!);
const table = [...rates].map(([name, list]) => ({
  name,
  texts_per_second: Number(median(list).toFixed(1)),
  times_torch_float32: Number((median(list) / base).toFixed(2)),
  single_ms: Number(median(singles.get(name)!).toFixed(2)),
}));
const { versions } = peer.description;
process.stdout.write(`${JSON.stringify({ model: values.model, texts: count, threads, rounds, versions, table }, undefined, 2)}\n`); // prettier-ignore
for (const predictor of Object.values(ours)) await predictor.dispose();
