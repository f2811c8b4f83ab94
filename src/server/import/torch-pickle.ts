import { RowlightError } from '../errors';
import { float32Of } from '../model/float-formats';
import { Built, Name, type Pickled, PickledDict, PickledTuple, type Vocabulary } from './pickle';
import { type StoredTensor, type StoredTensors, elements } from './stored-tensor';

/** A block of numbers that tensors are views of. */
export interface Storage {
  /** Its key among the file's storages. */
  readonly key: string;
  /** torch's class, such as `FloatStorage`. */
  readonly type: string;
  /** How many numbers. */
  readonly count: number;
}

/** A view of a storage. */
interface View {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Bytes a number, by torch's class of storage. */
const WIDTHS: Readonly<Record<string, number>> = {
  FloatStorage: 4,
  HalfStorage: 2,
  BFloat16Storage: 2,
  DoubleStorage: 8,
  LongStorage: 8,
  IntStorage: 4,
  ShortStorage: 2,
  CharStorage: 1,
  ByteStorage: 1,
  BoolStorage: 1,
};

/** How torch's own pickles are read: tensors, parameters, dictionaries, storages by reference; nothing else may be named. `onStorage` hears of each. */
export function torchVocabulary(file: string, onStorage: (storage: Storage) => void = () => undefined): Vocabulary {
  const damaged = (text: string) => new RowlightError('bad-model', `${file}: damaged (${text})`);
  return {
    allows: (name) =>
      /^torch\._utils\._rebuild_(tensor|tensor_v2|parameter)$/.test(name) ||
      name === 'collections.OrderedDict' ||
      (name.startsWith('torch.') && Object.hasOwn(WIDTHS, name.slice('torch.'.length))),
    call(name, args) {
      if (name === 'collections.OrderedDict') return new PickledDict();
      if (name === 'torch._utils._rebuild_parameter') return args[0] ?? null;
      const [storage, offset, shape, strides] = args;
      if (!(storage instanceof Built) || !(shape instanceof PickledTuple) || !(strides instanceof PickledTuple))
        throw damaged('a tensor without a storage');
      const view = {
        storage: storage.value as Storage,
        offset: Number(offset),
        shape: sizes(shape),
        strides: sizes(strides),
      };
      return new Built(view satisfies View);
    },
    persistent(id) {
      const [kind, type, key, , count, view] = id instanceof PickledTuple ? id.items : [];
      if (kind !== 'storage' || !(type instanceof Name) || typeof key !== 'string' || view instanceof PickledTuple)
        throw damaged('a storage without a type');
      if (!Number.isSafeInteger(Number(count)) || Number(count) < 0) throw damaged('a storage of impossible size');
      const storage: Storage = { key, type: type.name.slice('torch.'.length), count: Number(count) };
      onStorage(storage);
      return new Built(storage);
    },
  };
}

const sizes = ({ items }: PickledTuple): number[] => items.map(Number);

/** Bytes of a storage. */
export const storageBytes = ({ type, count }: Storage): number => (WIDTHS[type] ?? NaN) * count;

/**
 * The tensors of a `state_dict` that was read from a pickle. A checkpoint of a trainer has it under `state_dict` or `model`.
 * @param read a storage's bytes
 */
export function torchTensors(
  value: Pickled,
  read: (storage: Storage) => Promise<Uint8Array>,
  file: string,
): StoredTensors {
  const inner = (dict: Pickled): Pickled =>
    dict instanceof PickledDict ? (dict.entries.get('state_dict') ?? dict.entries.get('model') ?? dict) : dict;
  const dict = inner(value);
  if (!(dict instanceof PickledDict)) throw new RowlightError('unsupported', `${file}: holds no dictionary of tensors`);
  const tensors: StoredTensors = new Map();
  for (const [name, found] of dict.entries) {
    if (typeof name === 'string' && found instanceof Built && isView(found.value))
      tensors.set(name, storedTensor(name, found.value, read, file));
  }
  if (tensors.size === 0) throw new RowlightError('unsupported', `${file}: holds no tensors`);
  return tensors;
}

const isView = (value: unknown): value is View => typeof value === 'object' && value !== null && 'strides' in value;

function storedTensor(
  name: string,
  view: View,
  read: (storage: Storage) => Promise<Uint8Array>,
  file: string,
): StoredTensor {
  const { storage, offset, shape, strides } = view;
  const refuse = (text: string) => new RowlightError('bad-model', `${file}: tensor "${name}" ${text}`);
  return {
    shape,
    async read() {
      const count = elements(shape);
      const inside = [offset, ...strides].every((value) => Number.isSafeInteger(value) && value >= 0);
      const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
      if (count === undefined || !inside || strides.length !== shape.length || (count > 0 && last >= storage.count))
        throw refuse('points outside its storage');
      // A stride of 0 repeats numbers: a small file could ask for any memory.
      if (count > storage.count) throw refuse('has more numbers than its storage');
      const values = numbers(await read(storage), storage.type, refuse);
      if (isContiguous(shape, strides)) return values.subarray(offset, offset + count);
      return gather(values, view, count);
    },
  };
}

function numbers(bytes: Uint8Array, type: string, refuse: (text: string) => RowlightError): Float32Array {
  switch (type) {
    case 'FloatStorage':
      return float32Of(bytes, 'F32');
    case 'HalfStorage':
      return float32Of(bytes, 'F16');
    case 'BFloat16Storage':
      return float32Of(bytes, 'BF16');
    case 'DoubleStorage': {
      const { buffer, byteOffset, length } = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
      return Float32Array.from(new Float64Array(buffer, byteOffset, length / 8));
    }
    default:
      throw refuse(`has numbers of ${type}; weights are floating-point numbers`);
  }
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/** A view in row-major order, whatever its strides (a transposed matrix). */
function gather(values: Float32Array, { offset, shape, strides }: View, count: number): Float32Array {
  const gathered = new Float32Array(count);
  const index = new Array<number>(shape.length).fill(0);
  let from = offset;
  for (let to = 0; to < count; to++) {
    gathered[to] = values[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= index[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return gathered;
}
