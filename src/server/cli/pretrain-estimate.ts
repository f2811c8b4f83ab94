import { RowlightError } from '../errors';
import { estimateRun } from '../runs/pretrain/estimate-run';
import { pretrainingWorld } from './pretrain';
import type { PretrainOptions } from './pretrain-options';
import { requestOf } from './pretrain-request';
import { duration } from './progress-bar';

/** What `rowlight pretrain --estimate` prints with `--json`; the editor reads it. */
export interface PretrainEstimateResult {
  readonly total_steps: number;
  readonly measured_steps: number;
  readonly total_seconds: number;
  readonly peak_memory_bytes: number;
  /** Documents to learn from and to judge by; near-duplicates, and those of `--leave-out`, that are neither. */
  readonly documents: number;
  readonly held_out: number;
  readonly near_duplicates: number;
  readonly left_out: number;
  readonly tokens: number;
  /** Texts that the run would fill in. */
  readonly fill_in: readonly string[];
}

/** `rowlight pretrain DATA… --estimate`: reads the texts, which stay prepared for the run, and measures steps of each length. */
export async function pretrainEstimateCommand(
  data: readonly string[],
  options: PretrainOptions,
  version: string,
): Promise<PretrainEstimateResult> {
  if (data.length === 0)
    throw new RowlightError('bad-argument', '--estimate needs texts: rowlight pretrain FILE_OR_FOLDER… --estimate');
  // Of finer grain than the wall clock's milliseconds.
  const clock = { now: () => performance.now() };
  const { world, release } = await pretrainingWorld(options, version, clock);
  try {
    const { steps, measured, seconds, peakMemory, counts, fillIn } = await estimateRun(requestOf(data, options), world);
    return {
      total_steps: steps,
      measured_steps: measured,
      total_seconds: seconds,
      peak_memory_bytes: peakMemory,
      documents: counts.documents,
      held_out: counts.heldOut,
      near_duplicates: counts.nearDuplicates,
      left_out: counts.leftOut,
      tokens: counts.tokens,
      fill_in: fillIn,
    };
  } finally {
    release();
  }
}

/** The estimate as a person reads it. */
export function pretrainEstimateLines(result: PretrainEstimateResult): string[] {
  const { total_steps, measured_steps, total_seconds, peak_memory_bytes, documents, held_out } = result;
  const leftOut = result.left_out > 0 ? `, ${result.left_out} that --leave-out names` : '';
  return [
    `documents       ${documents} to learn from, ${held_out} held out (${result.tokens} tokens)`,
    `left out        ${result.near_duplicates} near-duplicates${leftOut}`,
    `steps           ${total_steps} (${measured_steps} measured)`,
    `whole run       ${duration(total_seconds)}`,
    `memory          ${Math.ceil(peak_memory_bytes / 1e6)} MB`,
    ...result.fill_in.map((text) => `fills in        ${text}`),
  ];
}
