// Masked-word pre-training beside torch's on the same sequences with the same masks: zh-mini, packed sequences, whole words.
//
//   node scripts/bench.mjs pretrain FILE_OR_FOLDER… --python .venv/parity/bin/python [--batch 32] [--length 128] [--steps 10] [--threads 2]
//   node scripts/bench.mjs pretrain FILE_OR_FOLDER… --python .venv/parity/bin/python --losses 50
//   node scripts/bench.mjs pretrain FILE_OR_FOLDER… --python .venv/parity/bin/python --minutes 30 [--rate 1e-3] [--held-out 0.01]
//
// The first, in turns in one run, prints tokens a second of each (median of the steps, after two that warm up; dropout 0.1), torch in float32 and in
// bfloat16, and the ratio to the faster of the two. The second trains without dropout, both from the same weights, and prints the largest
// difference of the losses; it ends with 1 where that is above 1e-3. Without a Python these two measure Rowlight alone.
//
// The third trains both for as many minutes, at the same time, each on processors of its own (half of the machine's, or --threads), from the same new weights
// on the same batches; the rate follows the time: warm-up, then in a line to 0. Torch computes in bfloat16 (or --precision). It prints tokens, masked
// accuracy on held-out documents, and of both the resident memory after the first step, half-way and at the end with its slope over the last half; loss
// and memory of each thirtieth of the time also on standard error, as it goes.
//
// The engine is `tensorflow` where it is built, else `onnx`, as with --losses, which compares float32; --engine chooses.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findBinding } from '../../src/server/engine/tensorflow/find-binding';
import { besideTorch } from './pretrain/beside-torch';
import { inTurns } from './pretrain/in-turns';

const { values, positionals: texts } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string' },
    engine: { type: 'string' },
    model: { type: 'string', default: 'models/zh-mini' },
    batch: { type: 'string', default: '32' },
    length: { type: 'string', default: '128' },
    steps: { type: 'string', default: '10' },
    threads: { type: 'string' },
    losses: { type: 'string' },
    minutes: { type: 'string' },
    precision: { type: 'string', default: 'bfloat16' },
    rate: { type: 'string', default: '1e-3' },
    'held-out': { type: 'string', default: '0.01' },
  },
});
const { python, model, precision } = values;
const [batch, length] = [Number(values.batch), Number(values.length)];
const fastest = 'binding' in findBinding() ? 'tensorflow' : 'onnx';
const engine = values.engine ?? (values.losses === undefined ? fastest : 'onnx');
const cache = mkdtempSync(join(tmpdir(), 'rowlight-bench-'));
const common = { texts, model, engine, batch, length, cache };
try {
  const result =
    values.minutes === undefined
      ? await inTurns({
          ...common,
          ...(python === undefined ? {} : { python }),
          threads: Number(values.threads ?? 2),
          steps: Number(values.losses ?? values.steps),
          compares: values.losses !== undefined,
        })
      : await besideTorch({
          ...common,
          python: python ?? 'python3',
          precision,
          minutes: Number(values.minutes),
          threads: Number(values.threads ?? Math.max(1, Math.floor(availableParallelism() / 2))),
          rate: Number(values.rate),
          heldOut: Number(values['held-out']),
        });
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
} finally {
  rmSync(cache, { recursive: true, force: true });
}
