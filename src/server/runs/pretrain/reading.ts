import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { READING } from '../../../protocol/pretraining';
import type { CorpusProgress } from '../../corpus/build-corpus';
import type { Clock } from '../../env';
import { nodeFiles } from '../../node-files';
import { parseJson } from '../../parse-json';
import { ensureReadable } from '../run-data';
import { MOST_SOURCES } from './record';

/** Name of the file that says of a run how far the reading of its corpus is, until it has a record. */
export const READING_FILE = 'reading.json';

/** The largest file that is read, in bytes. */
const LARGEST = 2 ** 20;

/** Milliseconds between two writes. */
const EVERY = 500;

const schema = z.object({
  format: z.literal(1),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  data: z.array(z.string()).max(MOST_SOURCES),
  base: z.string(),
  fresh: z.boolean(),
  doing: z.enum(READING),
  share: z.number().min(0).max(1),
  secondsLeft: z.number().min(0),
});

/** What `reading.json` says. */
export type ReadingRecord = z.infer<typeof schema>;

/** Reads the file; undefined where there is none. Rejects with reason `bad-data` where it is broken, `unsupported` where it is too large. */
export async function readReading(folder: string): Promise<ReadingRecord | undefined> {
  const file = join(folder, READING_FILE);
  if (!(await nodeFiles.exists(file))) return undefined;
  await ensureReadable(file, LARGEST);
  return parseJson(await nodeFiles.read(file), schema, file, 'bad-data');
}

/** Keeps the file while a corpus is read. */
export interface ReadingReport {
  progress(progress: Pick<CorpusProgress, 'doing' | 'bytes' | 'totalBytes' | 'secondsLeft'>): void;
  /** Removes it. */
  end(): Promise<void>;
}

/** Begins to say how far the reading of a corpus is. The caller holds the run's lock. */
export async function reportReading(
  folder: string,
  about: Pick<ReadingRecord, 'data' | 'base' | 'fresh'>,
  clock: Clock,
): Promise<ReadingReport> {
  const file = join(folder, READING_FILE);
  const createdAt = new Date(clock.now()).toISOString();
  const write = (how: Pick<ReadingRecord, 'doing' | 'share' | 'secondsLeft'>): Promise<void> =>
    nodeFiles.writeAtomic(
      file,
      `${JSON.stringify({ format: 1, createdAt, ...about, ...how } satisfies ReadingRecord)}\n`,
    );
  await write({ doing: 'hashing', share: 0, secondsLeft: 0 });
  let last = clock.now();
  let writing = Promise.resolve();
  return {
    progress({ doing, bytes, totalBytes, secondsLeft }) {
      if (doing === 'counting' || clock.now() - last < EVERY) return;
      last = clock.now();
      const share = Math.min(1, bytes / Math.max(1, totalBytes));
      // What is told late or not at all harms nobody: a full disk is reported by the work itself.
      const how = { doing, share, secondsLeft: Math.max(0, secondsLeft) };
      writing = writing.then(() => write(how)).catch(() => undefined);
    },
    async end() {
      await writing;
      await rm(file, { force: true });
    },
  };
}
