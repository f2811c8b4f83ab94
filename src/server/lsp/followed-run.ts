import { join } from 'node:path';
import type { Judgement, Lineage, RunMetrics } from '../../protocol/metrics';
import { POINTERS_FILE, type CheckpointPointers } from '../model/checkpoint-pointers';
import { readPointers } from '../runs/checkpoints';
import { courseOf } from '../runs/curve';
import { FLOOR_FILE } from '../runs/floor';
import { stagesOf, summaryOf } from '../runs/list';
import { readRunName } from '../runs/manage';
import { lockOwner } from '../runs/lock';
import { PREDICTIONS_FILE } from '../runs/predictions';
import { ensureReadable, heldOutPath } from '../runs/run-data';
import { readRun, RUN_FILE, type RunRecord } from '../runs/run-folder';
import { currentStage } from '../runs/stages-record';
import type { ServerEnv } from './environment';
import { LARGEST, metricsTail } from './metrics-tail';

/** A run that somebody looks at, read again and again; of its metrics only what was written since is read. */
export interface Followed<Metrics> {
  /** What there is to show now. Rejects with a `RowlightError` where the folder is no run, or a broken one. */
  read(): Promise<Metrics>;
  /** The same once what takes long to say of it is worked out. */
  settled(): Promise<Metrics>;
}

/** Follows the run of fine-tuning in a folder. `changed` is called when a judgement is there that `read` had to leave out. */
export function followRun(
  folder: string,
  env: Pick<ServerEnv, 'stamp' | 'metrics'>,
  changed: () => void = () => undefined,
): Followed<RunMetrics> {
  /** The stage under way: `folder` itself for a run in one stage. */
  let own = folder;
  let known: { readonly stamp: string | undefined; readonly record: RunRecord } | undefined;
  let metrics = metricsTail(own, env.stamp);
  let judged: { readonly key: string; readonly judgement: Judgement | null; readonly problem?: string } | undefined;
  let judging: Promise<void> | undefined;

  async function readRecord(): Promise<RunRecord> {
    own = await currentStage(folder);
    const file = join(own, RUN_FILE);
    const stamp = `${file} ${await env.stamp(file)}`;
    if (known && known.stamp === stamp) return known.record;
    await ensureReadable(file, LARGEST);
    const record = await readRun(own);
    // Another run in the same place has metrics of its own.
    if (record.id !== known?.record.id) metrics = metricsTail(own, env.stamp);
    known = { stamp, record };
    return record;
  }

  /** Names the state of everything that a judgement is made from. */
  async function stateOf(record: RunRecord, pointers: CheckpointPointers | undefined): Promise<string> {
    const inside = [PREDICTIONS_FILE, FLOOR_FILE, POINTERS_FILE].map((name) => join(own, name));
    const stamps = await Promise.all([...inside, await heldOutPath(own, record)].map((path) => env.stamp(path)));
    return [own, pointers?.best, ...stamps].join('\n');
  }

  async function judge(key: string): Promise<void> {
    try {
      judged = { key, judgement: await env.metrics.judge(own) };
    } catch (error) {
      judged = { key, judgement: null, problem: oneLine(error) };
    } finally {
      judging = undefined;
    }
    changed();
  }

  async function read(): Promise<RunMetrics> {
    const record = await readRecord();
    // As in `summarize`: a run that ends in between is then seen to have ended.
    const pid = await lockOwner(folder);
    const current = await metrics.read();
    const pointers = await readPointers(own);
    const stages = await stagesOf(folder, own);
    const name = await readRunName(folder);
    const run = summaryOf({ folder, record, pid, lines: current, pointers, name, stages });
    const key = await stateOf(record, pointers);
    if (judged?.key !== key) judging ??= judge(key);
    const { pace, ...course } = courseOf(current, pointers && Number(pointers.best.split('-')[1]));
    return {
      run,
      base: record.base,
      ...(record.dev ? { dev: record.dev.path } : {}),
      seed: record.seed,
      rowlight: record.rowlight,
      arguments: record.arguments,
      lineage: lineageOf(record),
      ...course,
      ...(run.state === 'running' && pace ? { pace } : {}),
      judgement: judged?.judgement ?? null,
      judging: judging !== undefined,
      ...(judged?.problem === undefined ? {} : { problem: judged.problem }),
    };
  }

  return {
    read,
    async settled() {
      for (;;) {
        const metrics = await read();
        if (!judging) return metrics;
        await judging;
      }
    },
  };
}

function lineageOf({ data, dev, git, attempts }: RunRecord): Lineage {
  const machine = attempts.at(-1)?.machine;
  return {
    data: data.sha256,
    ...(dev ? { dev: dev.sha256 } : {}),
    ...(git ? { git } : {}),
    ...(machine ? { machine } : {}),
  };
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
