import { RowlightError } from '../errors';
import { readSafetensors } from '../model/safetensors';
import { checkComplete, checkShard, parseShardIndex } from '../model/weight-files';
import type { SourceFolder } from './source-folder';
import type { StoredTensors } from './stored-tensor';
import { readTensorflowCheckpoint } from './tensorflow-checkpoint';
import { fromTensorflowNames } from './tensorflow-names';
import { readTorchFile } from './torch-file';

/** The weights of a model in whatever form a folder has them. */
export interface FoundTensors {
  readonly tensors: StoredTensors;
  /** The file or files, for messages. */
  readonly file: string;
  /** Whether it is a checkpoint of google-research/bert, whose configuration and vocabulary follow that. */
  readonly tensorflow: boolean;
}

/** Names of weights in several files, and which file has which: an index is some hundred kilobytes. */
const LARGEST_INDEX = 16 * 2 ** 20;

/** Finds a model's weights: safetensors first, then torch's files, then a TensorFlow checkpoint. @throws RowlightError `not-found` where there are none */
export async function readTensors(folder: SourceFolder): Promise<FoundTensors> {
  const { names, label } = folder;
  if (folder.checkpoint !== undefined) return readCheckpoint(folder, folder.checkpoint);
  for (const name of ['model.safetensors', 'pytorch_model.bin'])
    if (names.includes(name) && (folder.weights ?? name) === name)
      return { tensors: await readFile(folder, name), file: `${label}/${name}`, tensorflow: false };
  const index =
    folder.weights ?? names.find((name) => /^(model\.safetensors|pytorch_model\.bin)\.index\.json$/.test(name));
  if (index !== undefined)
    return { tensors: await readShards(folder, index), file: `${label}/${index}`, tensorflow: false };
  const checkpoint = await latestCheckpoint(folder);
  if (checkpoint !== undefined) return readCheckpoint(folder, checkpoint);
  throw new RowlightError(
    'not-found',
    `${label}: has neither model.safetensors, nor pytorch_model.bin, nor a TensorFlow checkpoint (….index, ….data-00000-of-00001)`,
  );
}

async function readFile(folder: SourceFolder, name: string): Promise<StoredTensors> {
  const source = await folder.open(name);
  if (!name.endsWith('.safetensors')) return readTorchFile(source);
  const weights = readSafetensors(await source.read(0, source.size), `${folder.label}/${name}`);
  return new Map([...weights].map(([key, { shape, data }]) => [key, { shape, read: async () => data }]));
}

/** Weights in several files. Each must have exactly the tensors that the index says it has. */
async function readShards(folder: SourceFolder, index: string): Promise<StoredTensors> {
  const file = `${folder.label}/${index}`;
  const map = parseShardIndex(await folder.read(index, LARGEST_INDEX), file, folder.names);
  const tensors: StoredTensors = new Map();
  for (const name of new Set(map.values())) {
    const found = await readFile(folder, name);
    checkShard(found.keys(), name, map, file);
    for (const [key, tensor] of found) tensors.set(key, tensor);
  }
  checkComplete(tensors, map, file);
  return tensors;
}

async function readCheckpoint(folder: SourceFolder, prefix: string): Promise<FoundTensors> {
  const index = await folder.open(`${prefix}.index`);
  const five = (number: number) => String(number).padStart(5, '0');
  const openShard = (shard: number, of: number) => folder.open(`${prefix}.data-${five(shard)}-of-${five(of)}`);
  const file = `${folder.label}/${prefix}`;
  return {
    tensors: fromTensorflowNames(await readTensorflowCheckpoint(index, openShard), file),
    file,
    tensorflow: true,
  };
}

/** The checkpoint that the file `checkpoint` names, else the one of the highest step, else the only one. */
async function latestCheckpoint(folder: SourceFolder): Promise<string | undefined> {
  const found = folder.names.filter((name) => name.endsWith('.index')).map((name) => name.slice(0, -'.index'.length));
  if (folder.names.includes('checkpoint')) {
    const text = new TextDecoder().decode(await folder.read('checkpoint', LARGEST_INDEX));
    const [, path = ''] = /^model_checkpoint_path: "(.*)"$/m.exec(text) ?? [];
    const named = path.split(/[\\/]/).at(-1) ?? '';
    if (found.includes(named)) return named;
  }
  const step = (name: string) => Number(/-(\d+)$/.exec(name)?.[1] ?? -1);
  return found.sort((a, b) => step(b) - step(a))[0];
}
