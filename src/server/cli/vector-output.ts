import { once } from 'node:events';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { endianness } from 'node:os';
import { RowlightError } from '../errors';
import { TEMPORARY_SUFFIX, rethrow } from '../node-files';
import { npyHeader } from './npy';

/** What a text became: its numbers, and how many of them are one vector. */
export interface Encoded {
  readonly text: string;
  readonly textB?: string;
  readonly vector: Float32Array;
  readonly truncated: boolean;
}

/** Takes vectors as they come. */
export interface VectorOutput {
  write(encoded: readonly Encoded[]): Promise<void>;
  /** Everything was written: the file gets its name. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/** What is written, and where. */
export interface OutputPlan {
  readonly format: 'tsv' | 'jsonl' | 'npy';
  /** Standard output where there is none. */
  readonly path?: string;
  /** Numbers of one vector. */
  readonly width: number;
  /** Vectors of every text, short ones filled up with zeros; 1 with pooling. */
  readonly perText: number | undefined;
  /** How many texts there will be, where that is known. */
  readonly count?: number;
}

/**
 * Opens an output that is written as vectors come, so that no more than a few of them are in memory. A file is written beside its place and named
 * at the end. Rejects with reason `bad-argument` where a `.npy` on standard output can't know its length.
 */
export async function openVectorOutput(plan: OutputPlan): Promise<VectorOutput> {
  const { format, path, width, perText = 1, count } = plan;
  const shape = (rows: number): number[] => [rows, ...(plan.perText === undefined ? [] : [perText]), width];
  if (format === 'npy' && path === undefined && count === undefined)
    throw new RowlightError(
      'bad-argument',
      '--format npy: how many lines come is not known beforehand; give --output FILE',
    );
  const temporary = `${path}${TEMPORARY_SUFFIX}`;
  const file =
    path === undefined ? undefined : await open(temporary, 'w').catch((error: unknown) => rethrow(error, path));
  const put = (bytes: Uint8Array | string): Promise<void> =>
    file === undefined ? putOut(bytes) : putFile(file, bytes).catch((error: unknown) => rethrow(error, path!));
  let rows = 0;
  if (format === 'npy') await put(npyHeader(shape(count ?? 0)));
  return {
    async write(encoded) {
      rows += encoded.length;
      if (format === 'npy') for (const { vector } of encoded) await put(filled(vector, perText * width));
      else await put(encoded.map((one) => (format === 'tsv' ? tsvLine(one) : jsonLine(one, plan))).join(''));
    },
    async finish() {
      if (file === undefined) return;
      if (format === 'npy' && rows !== count) await file.write(npyHeader(shape(rows)), 0, undefined, 0);
      await file.sync();
      await file.close();
      await rename(temporary, path!).catch((error: unknown) => rethrow(error, path!));
    },
    async abandon() {
      await file?.close().catch(() => undefined);
      if (file !== undefined) await rm(temporary, { force: true });
    },
  };
}

/** Numbers alone, a tab between: what TensorBoard's projector and `numpy.loadtxt` read. */
function tsvLine({ vector }: Encoded): string {
  return `${Array.from(vector, shortest).join('\t')}\n`;
}

function jsonLine({ text, textB, vector, truncated }: Encoded, { width, perText }: OutputPlan): string {
  const numbers = Array.from(vector, shortest);
  const rows = Array.from({ length: numbers.length / width }, (_, at) => numbers.slice(at * width, (at + 1) * width));
  const vectors = perText === undefined ? { vector: numbers } : { vectors: rows };
  return `${JSON.stringify({ text, ...(textB === undefined ? {} : { textB }), ...vectors, truncated })}\n`;
}

/** A float32 in as few digits as tell it from its neighbours. */
export function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** The bytes of a vector, little endian, zeros behind. */
function filled(vector: Float32Array, length: number): Uint8Array {
  const whole = vector.length === length ? vector : new Float32Array(length);
  if (whole !== vector) whole.set(vector.subarray(0, length));
  const bytes = new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
  return endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32();
}

async function putFile(file: FileHandle, bytes: Uint8Array | string): Promise<void> {
  const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  for (let at = 0; at < data.length;) at += (await file.write(data, at)).bytesWritten;
}

async function putOut(bytes: Uint8Array | string): Promise<void> {
  // A copy: the stream may keep the bytes longer than they stay as they are.
  if (!process.stdout.write(typeof bytes === 'string' ? bytes : Buffer.from(bytes)))
    await once(process.stdout, 'drain');
}
