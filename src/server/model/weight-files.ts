import { z } from 'zod';
import type { Files } from '../env';
import { RowlightError } from '../errors';
import { parseJson } from '../parse-json';
import { readSafetensors } from './safetensors';
import type { Weights } from './tensor-map';

/** The weights of a Hugging Face folder in one file. */
export const WEIGHTS_FILE = 'model.safetensors';

/** Says in which file each tensor is, where the weights are split over several. */
export const WEIGHTS_INDEX = 'model.safetensors.index.json';

/** The weights of adapters; a folder that has it and no weights of its own is one of adapters. */
export const ADAPTER_FILE = 'adapter_model.safetensors';

/**
 * Names of the files that hold a folder's own weights: one, or those that its index names, with the index first. Empty where it has none.
 * @throws RowlightError `bad-model` where the index is broken
 */
export async function weightFiles(files: Files, folder: string): Promise<string[]> {
  if (await files.exists(`${folder}/${WEIGHTS_FILE}`)) return [WEIGHTS_FILE];
  const index = `${folder}/${WEIGHTS_INDEX}`;
  if (!(await files.exists(index))) return [];
  const names = [...new Set(parseShardIndex(await files.read(index), index, await files.list(folder)).values())];
  return [WEIGHTS_INDEX, ...names.sort()];
}

/**
 * A text that changes when a folder's weights are written anew; undefined where it has none.
 * @param stamp the state of a file as text, undefined where there is none
 */
export async function weightsStamp(
  files: Files,
  stamp: (path: string) => Promise<string | undefined>,
  folder: string,
): Promise<string | undefined> {
  const own = await weightFiles(files, folder);
  // Adapters name the hash of their base, so that their own file tells all.
  const names = own.length > 0 ? own : [ADAPTER_FILE];
  const stamps = await Promise.all(names.map((name) => stamp(`${folder}/${name}`)));
  return stamps.includes(undefined) ? undefined : stamps.join(' ');
}

/** Weights as they are read, with what messages call their file. */
export interface ReadWeights {
  readonly weights: Weights;
  readonly file: string;
  /** SHA-256 of the file; of the hashes of its parts, in the order of their names, where there are several. */
  sha256(): Promise<string>;
}

/** Reads a folder's own weights; undefined where it has none. @throws RowlightError `bad-model` that names file and tensor */
export async function readWeights(files: Files, folder: string): Promise<ReadWeights | undefined> {
  const [first, ...shards] = await weightFiles(files, folder);
  if (first === undefined) return undefined;
  const file = `${folder}/${first}`;
  const bytes = await files.read(file);
  if (shards.length === 0) return { weights: readSafetensors(bytes, file), file, sha256: () => sha256(bytes) };
  const map = parseShardIndex(bytes, file, shards);
  const weights: Weights = new Map();
  const parts: Uint8Array[] = [];
  for (const name of shards) {
    const part = await files.read(`${folder}/${name}`);
    parts.push(part);
    const found = readSafetensors(part, `${folder}/${name}`);
    checkShard(found.keys(), name, map, file);
    for (const [key, weight] of found) weights.set(key, weight);
  }
  checkComplete(weights, map, file);
  return {
    weights,
    file,
    sha256: async () => sha256(new TextEncoder().encode((await Promise.all(parts.map(sha256))).join(' '))),
  };
}

/**
 * Which file has which tensor. A name that leads out of the folder, or to a file that is not there, is refused.
 * @param file what messages call the index
 * @param there names of the folder's files
 */
export function parseShardIndex(bytes: Uint8Array, file: string, there: readonly string[]): Map<string, string> {
  const schema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });
  const map = new Map(Object.entries(parseJson(bytes, schema, file).weight_map));
  for (const name of new Set(map.values()))
    if (!/^[\w.-]+$/.test(name) || !there.includes(name))
      throw bad(
        file,
        `names ${JSON.stringify(name.slice(0, 100))}, which is not in the folder; copy or download it, too`,
      );
  return map;
}

/** Refuses a part that has a tensor which the index puts elsewhere. */
export function checkShard(found: Iterable<string>, name: string, map: Map<string, string>, file: string): void {
  for (const key of found)
    if (map.get(key) !== name)
      throw bad(file, `says that tensor "${key}" is in ${map.get(key) ?? 'no file'}, and it is in ${name}`);
}

/** Refuses parts that lack a tensor which the index names. */
export function checkComplete(found: ReadonlyMap<string, unknown>, map: Map<string, string>, file: string): void {
  const missing = [...map.keys()].find((key) => !found.has(key));
  if (missing !== undefined) throw bad(file, `says that tensor "${missing}" is in ${map.get(missing)}, and it is not`);
}

const bad = (file: string, text: string): RowlightError => new RowlightError('bad-model', `${file}: ${text}`);

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
