import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import { RowlightError } from '../errors';
import type { ByteSource } from './byte-source';

/** A zip archive that is read file by file. */
export interface Zip {
  /** The names of its files; yauzl refuses those that are absolute or point upwards. */
  readonly names: readonly string[];
  /** Bytes of a file, as the archive announces them. */
  size(name: string): number;
  /** Unpacks a file of at most `limit` bytes. @throws RowlightError `bad-model` */
  read(name: string, limit: number): Promise<Uint8Array>;
  /** The bytes of a file of any size, piece by piece. @throws RowlightError `bad-model` where there is none */
  stream(name: string): Promise<Readable>;
}

/** Most files: one of torch has a few for each tensor. */
const MOST_FILES = 100_000;

/** Deflate packs at most about 1,030 bytes into one (zlib's technical notes): an archive that announces more is a bomb. */
const LARGEST_RATIO = 1100;

/** Opens an archive. @throws RowlightError `bad-model` where it is none or damaged */
export async function openZip(source: ByteSource): Promise<Zip> {
  const bad = (error: unknown): RowlightError =>
    new RowlightError(
      'bad-model',
      `${source.name}: not a zip archive that can be read (${(error as Error).message}); copy or download it again`,
    );
  const archive = await openArchive(source).catch((error: unknown) => {
    throw bad(error);
  });
  const entries = await listEntries(archive).catch((error: unknown) => {
    throw bad(error);
  });
  const openStream = promisify<yauzl.Entry, Readable>((entry, done) => archive.openReadStream(entry, done));
  const find = (name: string): yauzl.Entry => {
    const entry = entries.get(name);
    if (!entry) throw bad(new Error(`it has no ${name}`));
    if (
      entry.compressedSize > source.size ||
      entry.uncompressedSize > LARGEST_RATIO * entry.compressedSize + LARGEST_RATIO
    )
      throw bad(new Error(`${name} announces an impossible size`));
    return entry;
  };
  return {
    names: [...entries.keys()],
    size: (name) => find(name).uncompressedSize,
    async read(name, limit) {
      const entry = find(name);
      if (entry.uncompressedSize > limit) throw bad(new Error(`${name} is larger than ${limit} bytes`));
      try {
        const bytes = new Uint8Array(entry.uncompressedSize);
        let at = 0;
        // yauzl compares what comes with the size that was announced.
        for await (const piece of await openStream(entry)) {
          bytes.set(piece as Uint8Array, at);
          at += (piece as Uint8Array).length;
        }
        if (at !== bytes.length) throw new Error(`${name} is cut off`);
        return bytes;
      } catch (error) {
        throw bad(error);
      }
    },
    async stream(name) {
      return openStream(find(name)).catch((error: unknown) => {
        throw bad(error);
      });
    },
  };
}

const openArchive = (source: ByteSource): Promise<yauzl.ZipFile> =>
  new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false };
    yauzl.fromRandomAccessReader(new SourceReader(source), source.size, options, (error, archive) => {
      if (error) reject(error);
      else resolve(archive);
    });
  });

function listEntries(archive: yauzl.ZipFile): Promise<Map<string, yauzl.Entry>> {
  const entries = new Map<string, yauzl.Entry>();
  return new Promise((resolve, reject) => {
    archive.on('error', reject);
    archive.on('end', () => resolve(entries));
    archive.on('entry', (entry: yauzl.Entry) => {
      if (entries.size >= MOST_FILES) return reject(new Error('too many files'));
      if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
      archive.readEntry();
    });
    archive.readEntry();
  });
}

/** What yauzl reads from. */
class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(pieces(this.#source, start, end), { objectMode: false });
  }
}

async function* pieces(source: ByteSource, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += PIECE) yield await source.read(at, Math.min(PIECE, end - at));
}

const PIECE = 2 ** 20;
