import { freemem } from 'node:os';
import { selectEngine } from '../engine/select';
import { RowlightError } from '../errors';
import { estimateRun } from '../runs/estimate';
import type { MemoryBeforeStart, RowsBeforeStart } from '../training/before-start';
import { labelsText, leakText, lengthText, memoryText } from './before-start-text';
import { engineSettings } from './options';
import { duration } from './progress-bar';
import { stopSignal } from './stop-signal';
import { type TrainOptions, fineTuneRequest } from './train';
import { stderrLog } from './world';

/** What `rowlight train --estimate` prints with `--json`; the editor reads it. */
export interface EstimateResult {
  readonly total_steps: number;
  readonly measured_steps: number;
  readonly seconds_per_step: number;
  readonly total_seconds: number;
  readonly peak_memory_bytes: number;
  /** Bytes by part. */
  readonly memory: MemoryBeforeStart;
  /** Rows to learn from by label; texts that are cut; held-out rows that say the same as one to learn from. */
  readonly labels: RowsBeforeStart['labels'];
  readonly truncated: number;
  readonly texts: number;
  readonly leaked: number;
}

/** `rowlight train DATA --estimate`: measures three steps of the run that the other options describe, and trains nothing. */
export async function estimateCommand(data: string | undefined, options: TrainOptions): Promise<EstimateResult> {
  if (options.resume !== undefined)
    throw new RowlightError('bad-argument', '--estimate is for a new run; it cannot be used with --resume');
  const log = stderrLog(options.verbose);
  const request = fineTuneRequest(data, options);
  const stop = stopSignal();
  try {
    const engine = await selectEngine(engineSettings(options));
    // Of finer grain than the wall clock's milliseconds.
    const clock = { now: () => performance.now() };
    const world = { engine, clock, log, memoryBudget: freemem() / 2, signal: stop.signal };
    const estimate = await estimateRun(request, world, () => process.resourceUsage().maxRSS * 1024);
    return {
      total_steps: estimate.totalSteps,
      measured_steps: estimate.measuredSteps,
      seconds_per_step: estimate.secondsAStep,
      total_seconds: estimate.seconds,
      peak_memory_bytes: Math.round(estimate.peakMemory),
      memory: estimate.before.memory,
      ...estimate.before.rows,
    };
  } finally {
    stop.release();
  }
}

/** The estimate as a person reads it. */
export function estimateLines(result: EstimateResult): string[] {
  const { memory, total_steps, measured_steps, seconds_per_step, total_seconds, peak_memory_bytes } = result;
  return [
    `steps           ${total_steps} (${measured_steps} measured)`,
    `seconds a step  ${seconds_per_step.toPrecision(3)}`,
    `whole run       ${duration(total_seconds)}`,
    `memory          ${Math.ceil(peak_memory_bytes / 1e6)} MB at most: ${memoryText(memory)}`,
    `labels          ${labelsText(result)}`,
    `length          ${lengthText(result)}`,
    ...(result.leaked > 0 ? [`duplicates      ${leakText(result.leaked)}`] : []),
  ];
}
