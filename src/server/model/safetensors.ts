import { RowlightError } from '../errors';
import { float16Of, float32Of } from './float-formats';
import type { Weights } from './tensor-map';

/**
 * Reads a safetensors file (https://github.com/huggingface/safetensors, "Format"): 8 bytes of header length, a JSON header, the tensors.
 * Float16 and bfloat16 become float32; aligned float32 tensors are views of `bytes`, not copies. Integer tensors are passed over where they are
 * the buffers that older BERT files carry (`position_ids`, `token_type_ids`), and refused elsewhere.
 * The order is that of the header. `file` is named in messages. Throws a `RowlightError` of reason `bad-model`; trusts nothing in the file.
 */
export function readSafetensors(bytes: Uint8Array, file = 'model.safetensors'): Weights {
  const bad: Bad = (text) => {
    throw new RowlightError('bad-model', `${file}: ${text}`);
  };
  const { header, dataStart } = readHeader(bytes, bad);
  const tensors = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => checkEntry(name, entry, bad));
  checkLayout(tensors, bytes.length - dataStart, bad);
  const weights: Weights = new Map();
  for (const { name, dtype, shape, start, end } of tensors) {
    const data = bytes.subarray(dataStart + start, dataStart + end);
    if (dtype === 'F32' || dtype === 'F16' || dtype === 'BF16')
      weights.set(name, { shape, data: float32Of(data, dtype) });
    else if (!BUFFER.test(name)) bad(`tensor "${name}" has type ${dtype}; Rowlight reads F32, F16 and BF16`);
  }
  return weights;
}

/**
 * A safetensors file of the weights, in the map's order, as parts to be written one after another. As float32, all parts but the first are
 * views of the weights' memory: they must not change until the parts are written. As float16 the file is half as large, and rounded.
 */
export function safetensorsParts(weights: Weights, format: 'F32' | 'F16' = 'F32'): Uint8Array[] {
  let end = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }; // `transformers` refuses a file without it.
  for (const [name, { shape, data }] of weights) {
    if (shape.reduce((product, axis) => product * axis, 1) !== data.length) {
      throw new Error(`${name}: shape [${shape.join(', ')}] does not fit ${data.length} values`);
    }
    const start = end;
    end += data.length * (format === 'F32' ? 4 : 2);
    header[name] = { dtype: format, shape, data_offsets: [start, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20); // Padded by spaces, so that the tensors are aligned.
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(json, 8);
  const values = Array.from(weights.values(), ({ data }) => (format === 'F32' ? data : float16Of(data)));
  return [head, ...values.map((array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength))];
}

type Bad = (text: string) => never;

interface TensorEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte, and the one after the last, counted from the end of the header. */
  readonly start: number;
  readonly end: number;
}

/** The limit of the reference implementation. */
const MAXIMUM_HEADER = 100_000_000;

/** Tensors that are not weights: transformers before 4.31 saved them. */
const BUFFER = /(^|\.)(position_ids|token_type_ids)$/;

const BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

function readHeader(bytes: Uint8Array, bad: Bad): { header: object; dataStart: number } {
  if (bytes.length < 8) bad('not a safetensors file (shorter than its own header); copy or download it again');
  // A Git LFS pointer instead of the file is the most common way to get here.
  if (new TextDecoder().decode(bytes.subarray(0, 8)) === 'version ') {
    bad('a Git LFS pointer, not the weights themselves; fetch the file with "git lfs pull"');
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > MAXIMUM_HEADER) bad('not a safetensors file (impossible header length)');
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.length) bad('cut off within its header; copy or download it again');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataStart)));
  } catch {
    bad('not a safetensors file (its header is not JSON)');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    bad('not a safetensors file (its header is not a JSON object)');
  }
  return { header: header as object, dataStart };
}

function checkEntry(name: string, entry: unknown, bad: Bad): TensorEntry {
  const quoted = JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
  if (typeof entry !== 'object' || entry === null) return bad(`tensor ${quoted}: its header entry is not an object`);
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  const width = typeof dtype === 'string' && Object.hasOwn(BYTES, dtype) ? BYTES[dtype] : undefined;
  if (width === undefined) return bad(`tensor ${quoted}: unknown type ${JSON.stringify(dtype)?.slice(0, 40)}`);
  if (!isSizes(shape) || shape.length > 8) return bad(`tensor ${quoted}: its shape is not a list of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2) return bad(`tensor ${quoted}: data_offsets are not two numbers`);
  const [start = 0, end = 0] = offsets;
  let size = width;
  for (const axis of shape) {
    size *= axis;
    if (!Number.isSafeInteger(size)) return bad(`tensor ${quoted}: impossible shape [${shape.join(', ')}]`);
  }
  if (end - start !== size) {
    return bad(
      `tensor ${quoted}: shape [${shape.join(', ')}] needs ${size} bytes, and its data_offsets span ${end - start}`,
    );
  }
  return { name, dtype: dtype as string, shape, start, end };
}

/** As the reference implementation: tensors lie one behind the other, without overlap or gap, to the end of the file. */
function checkLayout(tensors: readonly TensorEntry[], dataLength: number, bad: Bad): void {
  let at = 0;
  for (const { name, start, end } of tensors.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < at) bad(`tensor ${JSON.stringify(name)} overlaps the one before it`);
    if (start > at) bad(`tensor ${JSON.stringify(name)} leaves a gap before it`);
    at = end;
  }
  if (at > dataLength)
    bad(`cut off: its tensors need ${at} bytes, and there are ${dataLength}; copy or download it again`);
  if (at < dataLength) bad(`${dataLength - at} bytes too long for the tensors it names; copy or download it again`);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
