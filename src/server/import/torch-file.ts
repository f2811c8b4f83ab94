import { RowlightError } from '../errors';
import { type ByteSource, cutOff } from './byte-source';
import { unpickle } from './pickle';
import type { StoredTensors } from './stored-tensor';
import { type Storage, storageBytes, torchTensors, torchVocabulary } from './torch-pickle';
import { openZip } from './zip';

/** The pickles at the head of a file name its tensors; more than this is no BERT's. */
const LARGEST_HEAD = 64 * 2 ** 20;

/** Begins a file of torch before 1.6. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;

/**
 * The tensors of a `pytorch_model.bin`: a zip archive since torch 1.6, before that pickles with the storages behind them. No code of the file
 * runs (`pickle.ts`).
 */
export async function readTorchFile(source: ByteSource): Promise<StoredTensors> {
  const [p, k] = await source.read(0, Math.min(2, source.size));
  return p === 0x50 && k === 0x4b ? readZipped(source) : readLegacy(source);
}

async function readZipped(source: ByteSource): Promise<StoredTensors> {
  const { name } = source;
  const zip = await openZip(source);
  const pickle = zip.names.find((entry) => /^[^/]+\/data\.pkl$/.test(entry));
  if (pickle === undefined) throw new RowlightError('bad-model', `${name}: a zip archive, and not one of torch`);
  const folder = pickle.slice(0, -'data.pkl'.length);
  const order = zip.names.includes(`${folder}byteorder`) ? await zip.read(`${folder}byteorder`, 16) : undefined;
  if (order && new TextDecoder().decode(order).trim() !== 'little')
    throw new RowlightError('unsupported', `${name}: written on a big-endian machine`);
  const { value } = unpickle(await zip.read(pickle, LARGEST_HEAD), 0, torchVocabulary(name), name);
  const read = async (storage: Storage): Promise<Uint8Array> => {
    const wanted = storageBytes(storage);
    const bytes = await zip.read(`${folder}data/${storage.key}`, wanted);
    if (bytes.length !== wanted) throw cutOff(name);
    return bytes;
  };
  return torchTensors(value, read, name);
}

async function readLegacy(source: ByteSource): Promise<StoredTensors> {
  const { name, size } = source;
  const head = await source.read(0, Math.min(size, LARGEST_HEAD));
  const storages = new Map<string, Storage>();
  const vocabulary = torchVocabulary(name, (storage) => storages.set(storage.key, storage));
  let at = 0;
  const next = () => {
    const { value, end } = unpickle(head, at, vocabulary, name);
    at = end;
    return value;
  };
  const notTorch = new RowlightError('bad-model', `${name}: not a file of torch; copy or download it again`);
  if (head[0] !== 0x80 || next() !== LEGACY_MAGIC || next() !== LEGACY_PROTOCOL) throw notTorch;
  next(); // What machine wrote it: little-endian ones alone run torch.
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw notTorch;
  const starts = await storageStarts(source, at, keys.map(String), storages);
  const read = (storage: Storage) => source.read(starts.get(storage.key) ?? NaN, storageBytes(storage));
  return torchTensors(value, read, name);
}

/** Where each storage's numbers begin: they follow the pickles in the order of `keys`, each behind its length. */
async function storageStarts(
  source: ByteSource,
  from: number,
  keys: readonly string[],
  storages: ReadonlyMap<string, Storage>,
): Promise<Map<string, number>> {
  const starts = new Map<string, number>();
  let at = from;
  for (const key of keys) {
    const storage = storages.get(key);
    if (!storage) throw cutOff(source.name);
    const count = new DataView((await source.read(at, 8)).slice().buffer).getBigInt64(0, true);
    if (count !== BigInt(storage.count)) throw cutOff(source.name);
    starts.set(key, at + 8);
    at += 8 + storageBytes(storage);
  }
  return starts;
}
