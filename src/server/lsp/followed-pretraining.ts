import { join } from 'node:path';
import type { PretrainingMetrics } from '../../protocol/pretraining-metrics';
import { RowlightError } from '../errors';
import { readPointers } from '../runs/checkpoints';
import { lockOwner } from '../runs/lock';
import { readRunName } from '../runs/manage';
import { argumentsOf } from '../runs/pretrain/arguments';
import { courseOfPretraining } from '../runs/pretrain/course';
import { bestStep, progressOf, readingProgress } from '../runs/pretrain/progress';
import { readReading } from '../runs/pretrain/reading';
import { PRETRAINING_FILE, type PretrainingRecord, readPretraining } from '../runs/pretrain/record';
import { ensureReadable } from '../runs/run-data';
import type { ServerEnv } from './environment';
import type { Followed } from './followed-run';
import { LARGEST, metricsTail } from './metrics-tail';

/** Follows the pre-training run in a folder. */
export function followPretraining(folder: string, { stamp }: Pick<ServerEnv, 'stamp'>): Followed<PretrainingMetrics> {
  let known: { readonly stamp: string; readonly record: PretrainingRecord } | undefined;
  let metrics = metricsTail(folder, stamp);

  async function readRecord(now: string): Promise<PretrainingRecord> {
    if (known?.stamp === now) return known.record;
    await ensureReadable(join(folder, PRETRAINING_FILE), LARGEST);
    const record = await readPretraining(folder);
    // Another run in the same place has metrics of its own.
    if (record.id !== known?.record.id) metrics = metricsTail(folder, stamp);
    known = { stamp: now, record };
    return record;
  }

  async function read(): Promise<PretrainingMetrics> {
    const now = await stamp(join(folder, PRETRAINING_FILE));
    const record = now === undefined ? undefined : await readRecord(now);
    // A run that ends in between is then seen to have ended.
    const place = { folder, pid: await lockOwner(folder), name: await readRunName(folder) };
    if (record === undefined) return whileReading(await readReading(folder), place);
    const [lines, pointers] = [await metrics.read(), await readPointers(folder)];
    const machine = record.attempts.at(-1)?.machine;
    return {
      kind: 'pretraining',
      run: progressOf({ ...place, record, lines, pointers }),
      rowlight: record.rowlight,
      settings: argumentsOf(record),
      corpus: record.corpus,
      lineage: { ...(record.git ? { git: record.git } : {}), ...(machine ? { machine } : {}) },
      ...courseOfPretraining(lines, bestStep(pointers)),
    };
  }

  function whileReading(
    reading: Awaited<ReturnType<typeof readReading>>,
    place: Parameters<typeof readingProgress>[0],
  ): PretrainingMetrics {
    if (reading === undefined)
      throw new RowlightError('not-found', `${folder}: is no folder of a pre-training run any more`);
    const nothing = { steps: [], judgements: [], filled: [], masked: { words: 0, whole: 0 } };
    return { kind: 'pretraining', run: readingProgress(place, reading), lineage: {}, ...nothing };
  }

  return { read, settled: read };
}
