import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FasterDtype } from '../../protocol/status';
import type { DtypeChoice } from '../engine/faster-dtype';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { type HostEngine, type ModelRef, inDtype } from '../host/messages';
import { isFaithful } from '../inference/faithful';
import { type BertConfig, isClassifier } from '../model/config';
import { readModelConfig, resolveModelFolder } from '../model/model-folder';
import type { RowlightJson } from '../model/rowlight-json';
import { weightsStamp } from '../model/weight-files';
import { nodeFiles } from '../node-files';
import { DEFAULT_DELIMITER, lengthLimit } from '../runs/load-classifier';
import { readVerdict } from '../runs/verdict-cache';

/** What served models compute labels in, and on what. `auto` follows what `predict` or the editor found of a model. */
export interface ServedDtype {
  readonly wish: DtypeChoice;
  readonly engine: HostEngine;
}

/** A model as it is on the disk now. */
export interface FoundModel {
  /** Its `dtype` is what labels are computed in; vectors are float32 always. */
  readonly ref: ModelRef;
  readonly config: BertConfig;
  /** Whether it has a fitted classifier. */
  readonly classifies: boolean;
  /** Of a model of several labels a text: what stands between them. */
  readonly delimiter?: string;
  /** Names of the columns that it was trained on, where that is recorded. */
  readonly columns?: RowlightJson['columns'];
  readonly maxLength: number;
  /** What clients know these very weights by, 32 hexadecimal digits; it tells nothing of where they lie. */
  readonly revision: string;
}

/** A model that is served: what it is called, where it is looked for, and what was found there last. */
export interface ServedModel {
  readonly name: string;
  readonly path: string;
  readonly dtype: ServedDtype;
  now: FoundModel;
}

/** Finds the models of paths. The name of each is that of its folder. Rejects with a `RowlightError`. */
export async function findModels(paths: readonly string[], dtype: ServedDtype): Promise<ServedModel[]> {
  const models: ServedModel[] = [];
  for (const path of paths) {
    const name = basename(resolve(path));
    if (models.some((other) => other.name === name))
      throw new RowlightError('bad-argument', `${path}: two models are named "${name}"; rename one of the folders`);
    models.push({ name, path, dtype, now: await findModel(path, dtype) });
  }
  return models;
}

/**
 * The model of a path: a model folder, a run's best checkpoint, or of a folder of exports named by their times (TensorFlow Serving's rule) the newest
 * that is whole.
 */
export async function findModel(path: string, dtype: ServedDtype): Promise<FoundModel> {
  const folder = await resolveModelFolder(nodeFiles, (await newestExport(path)) ?? path);
  const stamp = await weightsStamp(nodeFiles, stampOf, folder);
  if (stamp === undefined) throw new RowlightError('not-found', `${folder}: has no model.safetensors`);
  const { config, rowlight } = await readModelConfig(nodeFiles, folder);
  const classifies = isClassifier(config);
  const float32: ModelRef = { id: `${folder}\0${stamp}`, folder };
  const faster = classifies ? await fasterThanFloat32(folder, rowlight, dtype) : undefined;
  const ref = faster === undefined ? float32 : inDtype(float32, faster);
  return {
    ref,
    config,
    classifies,
    ...(config.multiLabel ? { delimiter: rowlight?.multiLabel?.delimiter ?? DEFAULT_DELIMITER } : {}),
    ...(rowlight?.columns ? { columns: rowlight.columns } : {}),
    maxLength: lengthLimit(config, rowlight),
    // The names of labels count, too: answers give them.
    revision: createHash('sha256')
      .update(`${ref.id}\0${await stampOf(join(folder, 'config.json'))}`)
      .digest('hex')
      .slice(0, 32),
  };
}

/**
 * Looks for newer models until `signal` aborts. A newer one is loaded (`warm`) before it takes over, and `retire` gets the one before; one that does
 * not load is said once and left alone.
 */
export async function followModels(
  models: readonly ServedModel[],
  parts: {
    readonly every: number;
    readonly signal: AbortSignal;
    readonly warm: (model: FoundModel) => Promise<void>;
    readonly retire: (model: FoundModel) => void;
    readonly log: Log;
  },
): Promise<void> {
  const bad = new Set<string>();
  while (!parts.signal.aborted) {
    await wait(parts.every, undefined, { signal: parts.signal }).catch(() => undefined);
    for (const model of models) {
      const found = await findModel(model.path, model.dtype).catch(() => undefined);
      if (parts.signal.aborted || !found || found.ref.id === model.now.ref.id || bad.has(found.ref.id)) continue;
      try {
        await parts.warm(found);
        const before = model.now;
        model.now = found;
        parts.retire(before);
        parts.log.info(`${model.name}: now ${found.ref.folder}`);
      } catch (error) {
        bad.add(found.ref.id);
        parts.log.warn(`${model.name}: stays as it is: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

async function fasterThanFloat32(
  folder: string,
  rowlight: RowlightJson | undefined,
  { wish, engine }: ServedDtype,
): Promise<FasterDtype | undefined> {
  if (wish !== 'auto') return wish === 'float32' ? undefined : wish;
  const verdict = await readVerdict({ folder, temperature: rowlight?.calibration?.temperature, on: engine });
  return verdict !== undefined && isFaithful(verdict) ? engine.faster : undefined;
}

async function newestExport(path: string): Promise<string | undefined> {
  const names = (await nodeFiles.list(path)).filter((name) => /^\d{1,16}$/.test(name));
  for (const name of names.sort((a, b) => Number(b) - Number(a))) {
    const whole = await Promise.all(
      ['config.json', 'model.safetensors'].map((file) => stampOf(join(path, name, file))),
    );
    if (whole.every((stamp) => stamp !== undefined)) return join(path, name);
  }
  return undefined;
}

async function stampOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found && `${found.mtimeMs} ${found.size} ${found.ino}`;
}
