// Every engine and device that is here beside torch (float32, bfloat16), in turns, as one HTML page with ratios and plots. The README's figures of speed
// are made by it.
//
//   npm run bench -- [--out FILE] [--configs base,mini] [--tasks step,inference] [--rounds 10] [--batch 32] [--length 32] [--threads 2] [--python PATH]
//   npm run bench -- --quick          one round of the small shape, to see that everything works
//
// torch comes from .venv/parity (`npm run setup parity`). What is not there is named on the page with the reason. Ratios go to standard output.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { exportCommand } from '../../src/server/cli/export';
import { modelFolderFiles } from '../../src/server/model/model-folder';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { fillFresh } from '../../src/server/model/weights';
import { createRandom } from '../../src/server/training/random';
import { type Task, startContestants } from './page/contestants';
import { benchHtml, benchLines } from './page/html';
import { describeMachine } from './page/machine';
import { measure } from './page/measure';
import type { Absent, Comparison } from './page/results';
import { BASE, LABELS } from './shapes';

/** The interpreter that `npm run setup parity` makes. */
const PARITY = process.platform === 'win32' ? '.venv/parity/Scripts/python.exe' : '.venv/parity/bin/python';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: '.cache/bench/index.html' },
    configs: { type: 'string' },
    tasks: { type: 'string', default: 'step,inference' },
    rounds: { type: 'string' },
    batch: { type: 'string' },
    length: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    python: { type: 'string', default: PARITY },
    quick: { type: 'boolean', default: false },
  },
});
const { quick, threads, out } = values;
const configs = (values.configs ?? (quick ? 'mini' : 'base,mini')).split(',');
const [batch, length] = [values.batch ?? (quick ? '4' : '32'), values.length ?? (quick ? '16' : '32')];
const rounds = { rounds: Number(values.rounds ?? (quick ? 1 : 10)), warmUp: quick ? 1 : 2 };
const python = existsSync(values.python!) ? values.python : undefined;

/** The shapes by their names on the page. */
const SHAPES: Record<string, string> = { base: 'BERT-base (12 layers of 768)', mini: 'zh-mini (4 layers of 256)' };
const SAMPLE = 'samples/police-desk/train.tsv';
const MODEL = 'models/police-desk';

const scratch = mkdtempSync(join(tmpdir(), 'rowlight-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const comparisons: Comparison[] = [];
const absent = new Map<string, Absent>();
const tasks = values.tasks.split(',');
for (const config of configs) {
  if (tasks.includes('step')) await compareSteps(config);
  if (tasks.includes('inference')) await compareInference(config);
}
const command = `npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`;
const machine = describeMachine(threads, python);
const results = { made: new Date(), command, machine, comparisons, absent: [...absent.values()] };
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, benchHtml(results));
process.stdout.write(`${benchLines(results).join('\n')}\n${out}\n`);

async function compareSteps(config: string): Promise<void> {
  const shape = ['--config', config, '--batch', batch, '--length', length];
  const task: Task = { own: ['--task', 'step', ...shape], dtypes: ['float32'], peer: 'step.py', theirs: shape };
  const { ms } = await compare(task, { ms: ({ seconds }) => seconds! * 1000 });
  const what =
    'Forward, backward, dropout 0.1, clipping to a norm of 1, AdamW; random weights and texts without padding';
  comparisons.push({
    title: `A training step of ${SHAPES[config]}, ${batch} texts of ${length} tokens`,
    about: `${what}. torch bfloat16 is autocast: weights and optimizer stay float32.`,
    unit: 'ms a step',
    more: false,
    measured: ms,
  });
}

async function compareInference(config: string): Promise<void> {
  const model = config === 'mini' ? MODEL : await randomModel();
  const onnx = join(scratch, `onnx-${config}`);
  await exportCommand(model, onnx, { format: 'onnx', dtype: 'float32', verbose: false });
  const all = readFileSync(SAMPLE, 'utf8').trim().split('\n').slice(1).map((line) => line.split('\t').at(-1)!.trim()); // prettier-ignore
  const count = quick ? 8 : config === 'mini' ? 1000 : 100;
  const texts = Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count) % all.length]!);
  const single = all.join('').replace(/[^一-龥]/g, '').slice(0, 30); // prettier-ignore
  const common = ['--model', model, '--texts', JSON.stringify(texts), '--single', single];
  const task: Task = {
    own: ['--task', 'inference', ...common],
    dtypes: ['float32', 'int8'],
    peer: 'inference.py',
    theirs: [...common, '--onnx', join(onnx, 'model.onnx')],
  };
  const { rate, ms } = await compare(task, { rate: (answer) => answer['texts_per_second']!, ms: (answer) => answer['single_ms']! }); // prettier-ignore
  const about = `${count} texts of the sample, tokens included; peers sort by length and batch 32.`;
  comparisons.push(
    { title: `Prediction by ${SHAPES[config]}`, about, unit: 'texts a second', more: true, measured: rate },
    { title: `One text of 32 tokens, ${SHAPES[config]}`, about: 'The median of 21, tokens included.', unit: 'ms', more: false, measured: ms }, // prettier-ignore
  );
}

async function compare<Name extends string>(
  task: Task,
  pick: Readonly<Record<Name, (answer: Record<string, number>) => number>>,
) {
  const { contestants, absent: missing } = await startContestants(task, threads, python);
  for (const one of missing) absent.set(`${one.name}: ${one.why}`, one);
  return measure(contestants, rounds, pick);
}

/** A classifier of BERT-base's shape with random weights, as a Hugging Face folder, with the sample model's vocabulary. */
async function randomModel(): Promise<string> {
  const { folder } = await loadClassifier(MODEL);
  const random = createRandom(1, 0);
  const config = { ...BASE, vocabSize: folder.config.vocabSize };
  const weights = fillFresh(new Map(), config, LABELS, () => random.float());
  const labels = Array.from({ length: LABELS }, (_, i) => `label ${i}`);
  const place = join(scratch, 'base');
  mkdirSync(place);
  for (const { name, parts } of modelFolderFiles({
    config,
    weights,
    tokenizer: folder.tokenizer,
    labels,
    rowlight: { format: 1 },
  }))
    writeFileSync(join(place, name), Buffer.concat(parts));
  return place;
}
