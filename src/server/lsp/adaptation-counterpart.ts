import { dirname, isAbsolute, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Connection } from 'vscode-languageserver';
import { type AdaptationCounterpart, type ComparedRun, FindCounterpart, StartCounterpart } from '../../protocol/adapt';
import type { RunSummary, Scores } from '../../protocol/runs';
import type { Clock, Log } from '../env';
import { RowlightError } from '../errors';
import { prepareRunsFolder } from '../runs/list';
import { readPretraining } from '../runs/pretrain/record';
import { pretrainingFolder } from '../runs/pretrain/workspace';
import { repeatArguments } from '../runs/repeat-arguments';
import { type RunRecord, newRunId, readRun } from '../runs/run-folder';
import type { Documents } from './documents';
import { DEFAULT_BASE, type ServerEnv } from './environment';
import type { ModelCards } from './model-cards';
import { rootOfRun } from './own-runs';
import type { Runs } from './runs';
import type { Trainers } from './trainers';
import { answer } from './wire';
import type { Workspace } from './workspace';

/** What finding a counterpart works on. */
export interface CounterpartParts {
  readonly env: Pick<ServerEnv, 'bundledModels'> & { readonly clock: Clock };
  readonly documents: Documents;
  readonly workspace: Workspace;
  readonly cards: ModelCards;
  readonly runs: Runs;
  readonly trainers: Trainers;
  readonly log: Log;
}

/** Tells with which run a finished one is compared to see whether adapting the base helped the labels, and starts one that is missing. */
export function registerCounterparts(connection: Connection, parts: CounterpartParts): void {
  const { documents, workspace, cards, runs, trainers, log } = parts;
  const { bundledModels, clock } = parts.env;

  /** Folder of a base as records name it. */
  const folderOf = (base: string): string => (base === DEFAULT_BASE ? join(bundledModels, DEFAULT_BASE) : base);

  /** The base that a run of pre-training of the workspace adapted; undefined for any other model. */
  async function adaptedFrom(root: string, base: string): Promise<string | undefined> {
    if (dirname(base) !== pretrainingFolder(root)) return undefined;
    try {
      const { base: plain, fresh } = await readPretraining(base);
      return fresh ? undefined : folderOf(plain);
    } catch (error) {
      if (RowlightError.is(error)) return undefined;
      throw error;
    }
  }

  /** Finished runs with the same data, numbers and seed as one; only their bases differ. */
  async function alike(root: string, { folder }: RunSummary, record: RunRecord): Promise<[RunSummary, RunRecord][]> {
    const found: [RunSummary, RunRecord][] = [];
    for (const run of await runs.of(root)) {
      if (run.folder === folder || run.state !== 'finished' || run.stage !== undefined) continue;
      const other = await readRun(run.folder).catch(() => undefined);
      if (other && isDeepStrictEqual(conditions(other), conditions(record))) found.push([run, other]);
    }
    return found;
  }

  /** A run that may be one half of a comparison, and its record. */
  async function finished(root: string, folder: string): Promise<[RunSummary, RunRecord] | undefined> {
    const run = (await runs.of(root)).find((one) => one.folder === folder);
    if (run?.state !== 'finished' || run.stage !== undefined) return undefined;
    return [run, await readRun(folder)];
  }

  answer(connection, log, FindCounterpart, async ({ folder }): Promise<AdaptationCounterpart | null> => {
    const root = rootOfRun(workspace, documents, folder);
    const [run, record] = (await finished(root, folder)) ?? [];
    if (!run || !record) return null;
    const others = await alike(root, run, record);
    const answered = async (plainBase: string, plain?: RunSummary, adapted?: RunSummary) => {
      const { name } = await cards.read(plainBase);
      if (!plain?.scores || !adapted?.scores) return { plainBase: name };
      const half = ({ folder: at }: RunSummary, scores: Scores): ComparedRun => ({ folder: at, scores });
      return { plainBase: name, pair: { plain: half(plain, plain.scores), adapted: half(adapted, adapted.scores) } };
    };
    const plainBase = await adaptedFrom(root, record.base);
    if (plainBase !== undefined) {
      const [other] = others.find(([, { base }]) => folderOf(base) === plainBase) ?? [];
      if (other) return answered(plainBase, other, run);
      // A relative path was relative to a folder that is not known here.
      if (!isAbsolute(record.data.path)) return null;
      // Until then no other run may begin: what is offered can be had.
      await trainers.gone(folder);
      return answered(plainBase);
    }
    for (const [other, { base }] of others) {
      if ((await adaptedFrom(root, base)) === folderOf(record.base)) return answered(folderOf(record.base), run, other);
    }
    return null;
  });

  answer(connection, log, StartCounterpart, async ({ folder }) => {
    const root = rootOfRun(workspace, documents, folder);
    const [, record] = (await finished(root, folder)) ?? [];
    const base = record && (await adaptedFrom(root, record.base));
    if (!record || base === undefined)
      throw new RowlightError('bad-argument', `${folder}: is no finished run from an adapted model.`);
    const id = newRunId(clock);
    const output = join(await prepareRunsFolder(root), id);
    const args = [...repeatArguments(record, { base, output }), '--json'];
    await trainers.start(root, { folder: output, id, data: record.data.path }, args);
    return { folder: output };
  });
}

/** What two runs must share, so that only their bases differ. In how many parts a batch goes hangs on the memory there was. */
function conditions({ arguments: given, seed, data, dev, columns, multiLabel, split }: RunRecord) {
  const numbers = { ...given, accumulate: undefined };
  return { numbers, seed, data: data.sha256, dev: dev?.sha256, columns, multiLabel, split };
}
