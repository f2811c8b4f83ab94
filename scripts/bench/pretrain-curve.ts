// A run of `rowlight pretrain` beside what torch makes of it: the same start, sequences, masks, batches and rates, step by step.
//
//   node scripts/bench.mjs pretrain-curve RUN --python .venv/parity/bin/python [--steps N] [--threads 2] [--precision float32]
//
// RUN is the folder of a run without pairs and without an average of its weights; it need not have ended. Torch goes N steps of it, or as many as RUN has
// gone, and is judged where RUN was, on the same held-out sequences. Printed: mean losses of stretches of 50 steps, and the judgements.
//
// Rowlight and torch draw their dropout from generators of their own, so that beyond the first steps the two losses are not equal. How far apart two runs
// of one program with other dropout lie is not measured here; train without dropout (`pretrain --losses`) to compare numbers exactly.
import { parseArgs } from 'node:util';
import { besideRun } from './pretrain/beside-run';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    steps: { type: 'string' },
    threads: { type: 'string', default: '2' },
    precision: { type: 'string', default: 'float32' },
  },
});
const [run] = positionals;
if (run === undefined) throw new Error('which run? give its folder');
const steps = values.steps === undefined ? Infinity : Number(values.steps);
const result = await besideRun({ run, python: values.python, steps, threads: values.threads, precision: values.precision }); // prettier-ignore
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
