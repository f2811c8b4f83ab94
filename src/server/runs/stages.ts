import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RowlightError } from '../errors';
import { stageFolder } from '../model/stage-folders';
import { nodeFiles } from '../node-files';
import { cleanRun, readPointers } from './checkpoints';
import { hasFinished } from './continuation';
import {
  type FineTuneRequest,
  type PreparedRun,
  beginRun,
  fineTune,
  goOn,
  makeRoom,
  prepareRun,
  requireFree,
  resume,
  settingsFor,
} from './fine-tune';
import type { RunOutcome, TrainingWorld } from './follow-training';
import { tokenizerOf } from './load-classifier';
import { lockRun, whileLocked } from './lock';
import { argumentsOf } from './run-arguments';
import { CANCEL_FILE, RUN_FILE, multiLabelRecord, readRun } from './run-folder';
import { type StagesRecord, createStages, readStages, stageRequest } from './stages-record';

/**
 * Fine-tunes in stages: each loads the best checkpoint of the one before and judges by the same held-out rows. The first request says data, base
 * and output for all. A single one is an ordinary run. Rejects as `fineTune` does.
 * @param recipe what the stages come from, for the record
 */
export async function fineTuneStages(
  requests: readonly FineTuneRequest[],
  world: TrainingWorld,
  recipe?: string,
): Promise<RunOutcome> {
  const first = requests[0];
  if (first === undefined) throw new RangeError('A run needs a stage.');
  if (requests.length === 1) return fineTune(first, world);
  // Before anything is written: data or a base that are no good leave no folder behind.
  const prepared = await prepareRun(first, world);
  const record = recordOf(requests, prepared, world, recipe);
  await makeRoom(first.output, prepared);
  return whileLocked(first.output, async () => {
    await requireFree(first.output);
    await createStages(first.output, record);
    return runStages(first.output, record, world, prepared);
  });
}

/** Goes on with a run in one stage or several that was interrupted or cancelled, with the stage that it had come to. */
export async function resumeStages(folder: string, world: TrainingWorld): Promise<RunOutcome> {
  const record = await readStages(folder);
  if (record === undefined) return resume(folder, world);
  return whileLocked(folder, async () => {
    await cleanRun(folder);
    return runStages(folder, record, world);
  });
}

function recordOf(
  requests: readonly FineTuneRequest[],
  { base }: PreparedRun,
  { clock, version }: TrainingWorld,
  recipe: string | undefined,
): StagesRecord {
  const { data, dev, heldOut, columns, multiLabel, base: name, baseFolder, seed } = requests[0]!;
  return {
    format: 1,
    createdAt: new Date(clock.now()).toISOString(),
    rowlight: version,
    ...(recipe === undefined ? {} : { recipe }),
    data,
    ...(dev === undefined ? {} : { dev }),
    ...(heldOut === undefined ? {} : { heldOut: [...heldOut] }),
    columns: { ...columns },
    ...(multiLabel === undefined ? {} : { multiLabel: multiLabelRecord(multiLabel) }),
    base: name,
    ...(baseFolder === undefined ? {} : { baseFolder }),
    seed,
    // What the base recommends counts for every stage: the checkpoints that later ones start from recommend nothing.
    stages: requests.map((request) => {
      const { head, scope, lora, accumulate, test, objective } = request;
      const { maxLength } = tokenizerOf(base, request.maxLength ?? base.rowlight?.recommended?.maxLength);
      const model = {
        maxLength,
        head,
        scope,
        lora: scope === 'lora' ? lora : undefined,
        ...(test === undefined ? {} : { test }),
      };
      const given = argumentsOf({ ...settingsFor(request, base), accumulate: accumulate ?? 0 }, objective, model);
      // Chosen by the memory that there is when the stage begins.
      if (accumulate === undefined) delete given.accumulate;
      return given;
    }),
  };
}

/** Runs the stages that are not done yet; the caller holds the folder's lock. */
async function runStages(
  folder: string,
  record: StagesRecord,
  world: TrainingWorld,
  prepared?: PreparedRun,
): Promise<RunOutcome> {
  const count = record.stages.length;
  for (let number = 1; number < count; number++) {
    const request = stageRequest(folder, record, number);
    if (await hasFinished(request.output)) continue;
    world.log.info(`stage     ${number} of ${count}`);
    try {
      await runStage(folder, request, stoppable(folder, world), number === 1 ? prepared : undefined);
    } catch (error) {
      if (!RowlightError.is(error, 'cancelled')) throw error;
      throw stopped(folder, number, count);
    }
    // The wish to stop may have come after the stage's last step.
    if (await isCancelled(folder, world)) throw stopped(folder, number, count);
  }
  world.log.info(`stage     ${count} of ${count}`);
  return runStage(folder, stageRequest(folder, record, count), world);
}

/** Begins a stage or goes on with it. */
async function runStage(
  folder: string,
  request: FineTuneRequest,
  world: TrainingWorld,
  prepared?: PreparedRun,
): Promise<RunOutcome> {
  const { output } = request;
  // The last stage's folder is the run's own, whose lock is held.
  const locked = async (work: () => Promise<RunOutcome>) => {
    const release = output === folder ? undefined : await lockRun(output);
    try {
      return await work();
    } finally {
      await release?.();
    }
  };
  if (await readPointers(output)) return locked(() => goOn(output, world));
  const before = output === stageFolder(folder, 1) ? undefined : await readRun(stageFolder(folder, 1));
  const own = prepared ?? (await prepareRun(request, world, before));
  await makeRoom(output, own);
  return locked(async () => {
    // Of a beginning that was killed before its first checkpoint nothing is worth keeping.
    await rm(join(output, RUN_FILE), { force: true });
    return beginRun(request, own, world);
  });
}

/** The world of a stage in a folder of its own, which a request to stop in the run's folder reaches too. */
function stoppable(folder: string, world: TrainingWorld): TrainingWorld {
  const stop = new AbortController();
  const { follower } = world;
  return {
    ...world,
    signal: AbortSignal.any([world.signal, stop.signal]),
    follower: {
      started: (...begun) => follower.started(...begun),
      evaluated: (...scores) => follower.evaluated(...scores),
      stepped(progress) {
        follower.stepped(progress);
        void nodeFiles.exists(join(folder, CANCEL_FILE)).then(
          (found) => found && stop.abort(),
          () => undefined,
        );
      },
    },
  };
}

async function isCancelled(folder: string, { signal }: TrainingWorld): Promise<boolean> {
  return signal.aborted || (await nodeFiles.exists(join(folder, CANCEL_FILE)));
}

function stopped(folder: string, number: number, count: number): RowlightError {
  return new RowlightError(
    'cancelled',
    `${folder}: stopped in stage ${number} of ${count}; go on with --resume ${folder}`,
  );
}
