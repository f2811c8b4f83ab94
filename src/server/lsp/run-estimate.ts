import type { Connection } from 'vscode-languageserver';
import { z } from 'zod';
import { EstimateRun } from '../../protocol/run-actions';
import { trainArguments } from '../../protocol/train-command';
import type { Log } from '../env';
import type { Trainer } from '../host/trainer';
import { parseJson } from '../parse-json';
import { FEW_ROWS } from '../training/before-start';
import { answer } from './wire';

/** What `rowlight train --estimate --json` prints (`cli/estimate.ts`). */
const schema = z.object({
  total_steps: z.number(),
  seconds_per_step: z.number(),
  total_seconds: z.number(),
  peak_memory_bytes: z.number(),
  memory: z.object({
    weights: z.number(),
    gradients: z.number(),
    moments: z.number(),
    activations: z.number(),
  }),
  labels: z.array(z.object({ label: z.string(), rows: z.number() })),
  truncated: z.number(),
  texts: z.number(),
  leaked: z.number(),
});

/** Estimates planned runs by measuring three steps of them in a process of its own. */
export function registerRunEstimate(connection: Connection, trainer: Pick<Trainer, 'measure'>, log: Log): void {
  answer(connection, log, EstimateRun, async ({ plan, arguments: chosen }, { signal }) => {
    const printed = await trainer.measure([...trainArguments(plan, chosen), '--estimate', '--json'], signal);
    const found = parseJson(new TextEncoder().encode(printed), schema, 'rowlight train --estimate');
    return {
      totalSteps: found.total_steps,
      secondsAStep: found.seconds_per_step,
      seconds: found.total_seconds,
      peakMemory: found.peak_memory_bytes,
      memory: found.memory,
      few: found.labels.filter(({ rows }) => rows < FEW_ROWS),
      truncated: found.truncated,
      texts: found.texts,
      leaked: found.leaked,
    };
  });
}
