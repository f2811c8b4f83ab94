import type { Command } from 'commander';
import { trainingMemory } from './training-memory';
import { selectEngine } from '../engine/select';
import { RowlightError } from '../errors';
import { type RunEstimate, estimateRun } from '../runs/estimate';
import type { MemoryBeforeStart, RowsBeforeStart } from '../training/before-start';
import { labelsText, leakText, lengthText, memoryText } from './before-start-text';
import { engineSettings } from './options';
import { duration } from './progress-bar';
import { stopSignal } from './stop-signal';
import { type TrainOptions, fineTuneRequests } from './train';
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
export async function estimateCommand(
  data: string | undefined,
  options: TrainOptions,
  command: Command,
): Promise<EstimateResult> {
  if (options.resume !== undefined)
    throw new RowlightError('bad-argument', '--estimate is for a new run; it cannot be used with --resume');
  const log = stderrLog(options.verbose);
  const requests = await fineTuneRequests(data, options, command);
  const stop = stopSignal();
  try {
    const engine = await selectEngine(engineSettings(options));
    // Of finer grain than the wall clock's milliseconds.
    const clock = { now: () => performance.now() };
    const world = {
      engine,
      clock,
      log,
      memoryBudget: trainingMemory(engine, options.deviceMemory),
      signal: stop.signal,
    };
    const stages: RunEstimate[] = [];
    // A later stage starts from weights of the same shapes, which take as long.
    for (const request of requests)
      stages.push(await estimateRun(request, world, () => process.resourceUsage().maxRSS * 1024));
    const sum = (of: (stage: RunEstimate) => number) => stages.reduce((total, stage) => total + of(stage), 0);
    const largest = stages.reduce((most, stage) => (stage.peakMemory > most.peakMemory ? stage : most));
    const steps = sum(({ totalSteps }) => totalSteps);
    return {
      total_steps: steps,
      measured_steps: sum(({ measuredSteps }) => measuredSteps),
      seconds_per_step: sum(({ totalSteps, secondsAStep }) => totalSteps * secondsAStep) / steps,
      total_seconds: sum(({ seconds }) => seconds),
      peak_memory_bytes: Math.round(largest.peakMemory),
      memory: largest.before.memory,
      ...largest.before.rows,
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
