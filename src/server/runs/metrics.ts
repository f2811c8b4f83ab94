import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricsLine } from '../../protocol/runs';
import { rethrow } from '../node-files';
import { parseMetricsLine } from './metrics-line';

/** Name of the file in a run folder. */
export const METRICS_FILE = 'metrics.jsonl';

/** Appends to `metrics.jsonl`. */
export interface MetricsWriter {
  /** Appends a line in a single write, so that a kill tears at most the last. All but `step` lines are on the disk when this resolves. */
  append(line: MetricsLine): Promise<void>;
  /** Waits for the disk and closes the file. */
  close(): Promise<void>;
}

/** Opens the metrics of a run for appending. A line that a killed writer tore is ended first. The caller holds the run's lock. */
export async function openMetrics(run: string): Promise<MetricsWriter> {
  const file = join(run, METRICS_FILE);
  const handle = await open(file, 'a+').catch((error: unknown) => rethrow(error, file));
  const { size } = await handle.stat();
  const last = size > 0 ? (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] : NEWLINE;
  if (last !== NEWLINE) await handle.write('\n');
  return {
    async append(line) {
      try {
        await handle.write(`${JSON.stringify(line)}\n`);
        if (line.event !== 'step') await handle.datasync();
      } catch (error) {
        rethrow(error, file);
      }
    },
    async close() {
      await handle.sync();
      await handle.close();
    },
  };
}

/** Writes each line with several writers, in their order. */
export function writeToAll(...writers: readonly MetricsWriter[]): MetricsWriter {
  return {
    async append(line) {
      for (const writer of writers) await writer.append(line);
    },
    async close() {
      for (const writer of writers) await writer.close();
    },
  };
}

/** What `followMetrics` found. */
export interface MetricsChunk {
  /** Whole lines since the offset, in the order written. */
  readonly lines: readonly MetricsLine[];
  /** Where to read on, in bytes. */
  readonly offset: number;
}

/**
 * Reads the lines appended since `offset` (0: all); a last line without its newline is left for the next time, and lines that are none (torn by
 * a kill) are passed over. Nothing where there is no file yet. At most `most` bytes are read, so that a long file can be read in pieces; a line
 * longer than that is passed over too. `latestAttempt` tells which of all lines still hold.
 */
export async function followMetrics(run: string, offset = 0, most = Infinity): Promise<MetricsChunk> {
  const file = join(run, METRICS_FILE);
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { lines: [], offset: 0 };
    return rethrow(error, file);
  }
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(most, Math.max(0, size - offset)));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
    const end = bytes.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
    if (end === 0 && bytesRead === most) return { lines: [], offset: offset + bytesRead };
    const lines = bytes.toString('utf8', 0, end).split('\n').map(parseMetricsLine);
    return { lines: lines.filter((line) => line !== undefined), offset: offset + end };
  } finally {
    await handle.close();
  }
}

/** The lines of a run that hold: all of `metrics.jsonl`, without what a resume went back over. */
export async function readMetrics(run: string): Promise<MetricsLine[]> {
  return latestAttempt((await followMetrics(run)).lines);
}

/**
 * Drops what a later attempt did over: at each `started` line, the earlier lines of steps beyond the one resumed from, and earlier ends. Steps
 * never decrease in the result but for the `started` lines' own.
 */
export function latestAttempt(lines: readonly MetricsLine[]): MetricsLine[] {
  let kept: MetricsLine[] = [];
  for (const line of lines) {
    if (line.event === 'started') {
      kept = kept.filter((earlier) => earlier.step <= line.step && !isEnd(earlier));
    }
    kept.push(line);
  }
  return kept;
}

/** Whether a line ends an attempt. */
export function isEnd(line: MetricsLine): boolean {
  return line.event === 'finished' || line.event === 'cancelled' || line.event === 'failed';
}

const NEWLINE = 10;
