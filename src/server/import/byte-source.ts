import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { RowlightError } from '../errors';

/** Bytes that are read piece by piece: model files are larger than what of them is needed at once. */
export interface ByteSource {
  /** What messages call it. */
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes in memory of their own. @throws RowlightError `bad-model` where the source ends before */
  read(at: number, length: number): Promise<Uint8Array>;
}

/** A file as a source. Close it. @param name what messages call it: not the path's, where that is a blob of the hub's cache */
export async function openFile(path: string, name = basename(path)): Promise<ByteSource & { close(): Promise<void> }> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  return { ...handleSource(handle, name, size), close: () => handle.close() };
}

function handleSource(handle: FileHandle, name: string, size: number): ByteSource {
  return {
    name,
    size,
    async read(at, length) {
      // Before any memory is asked for: a length may come from a hostile file.
      if (!Number.isSafeInteger(at) || !Number.isSafeInteger(length) || at < 0 || length < 0 || at + length > size)
        throw cutOff(name);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 2 ** 30), at + done);
        if (bytesRead === 0) throw cutOff(name);
        done += bytesRead;
      }
      return bytes;
    },
  };
}

/** What is said of a file that promises more than it holds. */
export const cutOff = (name: string): RowlightError =>
  new RowlightError('bad-model', `${name}: cut off or damaged (it points outside itself); copy or download it again`);
