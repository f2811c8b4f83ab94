import { RowlightError } from '../errors';
import { float32Of } from '../model/float-formats';
import { type ByteSource, cutOff } from './byte-source';
import { maskedCrc32c } from './crc32c';
import { readSortedTable } from './sorted-table';
import { type StoredTensor, type StoredTensors, elements } from './stored-tensor';
import { protoFields } from './wire-reader';

/** Numbers of `DataType` in TensorFlow's types.proto: what weights are. */
const FORMATS: Readonly<Record<number, 'F32' | 'F16' | 'BF16'>> = { 1: 'F32', 14: 'BF16', 19: 'F16' };

/** Beside a weight: the optimizer's moments of AdamW, LAMB and the like, counters. */
const SLOT =
  /(\/(adam_m|adam_v|Adam|Adam_1|lamb_m|lamb_v|Momentum|ExponentialMovingAverage)|^global_step|^(beta[12]_power|learning_rate))$/;

/**
 * The tensors of a TensorFlow checkpoint in the bundle format of TensorFlow 1 and 2 (tensor_bundle.proto), without an optimizer's.
 * @param openShard opens `….data-0000i-of-0000n`
 */
export async function readTensorflowCheckpoint(
  index: ByteSource,
  openShard: (shard: number, of: number) => Promise<ByteSource>,
): Promise<StoredTensors> {
  const bad = () => cutOff(index.name);
  const entries = await readSortedTable(index);
  const header = entries.get('');
  if (!header) throw new RowlightError('bad-model', `${index.name}: has no header; copy or download it again`);
  const { shards, bigEndian } = readHeader(header, bad);
  if (bigEndian) throw new RowlightError('unsupported', `${index.name}: written on a big-endian machine`);
  const open = new Map<number, Promise<ByteSource>>();
  const shard = (number: number) => {
    let source = open.get(number);
    if (!source) open.set(number, (source = openShard(number, shards)));
    return source;
  };
  const tensors: StoredTensors = new Map();
  for (const [name, value] of entries) {
    if (name === '' || SLOT.test(name)) continue;
    tensors.set(name, storedTensor(name, readEntry(value, bad), shards, shard, index.name));
  }
  return tensors;
}

/** BundleHeaderProto: 1 number of shards, 2 endianness. */
function readHeader(content: Uint8Array, bad: () => RowlightError): { shards: number; bigEndian: boolean } {
  const fields = new Map(protoFields(content, bad));
  const shards = fields.get(1) ?? 0;
  if (typeof shards !== 'number' || shards < 1 || shards > 100_000) throw bad();
  return { shards, bigEndian: fields.get(2) === 1 };
}

interface BundleEntry {
  readonly type: number;
  readonly shape: readonly number[];
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  readonly crc: number | undefined;
  readonly sliced: boolean;
}

/** BundleEntryProto: 1 dtype, 2 shape, 3 shard, 4 offset, 5 size, 6 checksum, 7 slices. */
function readEntry(content: Uint8Array, bad: () => RowlightError): BundleEntry {
  const fields = protoFields(content, bad);
  const number = (field: number): number => {
    const found = fields.find(([one]) => one === field)?.[1] ?? 0;
    if (typeof found !== 'number') throw bad();
    return found;
  };
  const shape = fields.find(([field]) => field === 2)?.[1] ?? new Uint8Array();
  if (typeof shape === 'number') throw bad();
  const crc = fields.find(([field]) => field === 6)?.[1];
  return {
    type: number(1),
    shape: readShape(shape, bad),
    shard: number(3),
    offset: number(4),
    size: number(5),
    crc: typeof crc === 'number' ? crc : undefined,
    sliced: fields.some(([field]) => field === 7),
  };
}

/** TensorShapeProto: 2 dimensions, each with 1 size. */
function readShape(content: Uint8Array, bad: () => RowlightError): number[] {
  return protoFields(content, bad).flatMap(([field, value]) => {
    if (field !== 2) return [];
    if (typeof value === 'number') throw bad();
    const size = protoFields(value, bad).find(([one]) => one === 1)?.[1] ?? 0;
    if (typeof size !== 'number') throw bad();
    return [size];
  });
}

function storedTensor(
  name: string,
  { type, shape, shard, offset, size, crc, sliced }: BundleEntry,
  shards: number,
  source: (shard: number) => Promise<ByteSource>,
  file: string,
): StoredTensor {
  const refuse = (text: string) => new RowlightError('bad-model', `${file}: tensor "${name}" ${text}`);
  return {
    shape,
    async read() {
      const format = FORMATS[type];
      if (format === undefined || sliced) throw refuse('is no plain tensor of float32, float16 or bfloat16 numbers');
      const bytes = (elements(shape) ?? NaN) * (format === 'F32' ? 4 : 2);
      if (bytes !== size || shard >= shards) throw refuse(`has shape [${shape.join(', ')}] and ${size} bytes`);
      const content = await (await source(shard)).read(offset, size);
      if (crc !== undefined && maskedCrc32c(content) !== crc)
        throw refuse('is damaged (its checksum differs); copy or download the checkpoint again');
      return float32Of(content, format);
    },
  };
}
