import { join } from 'node:path';
import type { MetricsLine } from '../../protocol/runs';
import { METRICS_FILE, followMetrics, latestAttempt } from '../runs/metrics';
import { ensureReadable } from '../runs/run-data';
import type { ServerEnv } from './environment';

/** Bytes that are read and parsed before the event loop gets its turn: some milliseconds of work. */
const PIECE = 128 * 1024;

/** The largest file of metrics, or record, that is read, in bytes: a million held-out rows, or some hundred thousand steps. */
export const LARGEST = 64 * 2 ** 20;

/** The metrics of a run, read again and again: only what was written since is read. */
export interface MetricsTail {
  /** The lines that hold now. Rejects with reason `unsupported` where the file is too large. */
  read(): Promise<readonly MetricsLine[]>;
}

/** Follows the metrics of a run folder. @param keep what is remembered of the lines that hold, in the order written */
export function metricsTail(
  folder: string,
  stamp: ServerEnv['stamp'],
  keep: (lines: MetricsLine[]) => MetricsLine[] = (lines) => lines,
): MetricsTail {
  const file = join(folder, METRICS_FILE);
  let lines: MetricsLine[] = [];
  let offset = 0;
  let reading: Promise<readonly MetricsLine[]> | undefined;

  async function readOn(): Promise<readonly MetricsLine[]> {
    if ((await stamp(file)) === undefined) return [];
    await ensureReadable(file, LARGEST);
    for (;;) {
      const chunk = await followMetrics(folder, offset, PIECE);
      if (chunk.offset === offset) return lines;
      offset = chunk.offset;
      if (chunk.lines.some(({ event }) => event === 'started')) lines = latestAttempt([...lines, ...chunk.lines]);
      else lines.push(...chunk.lines);
      lines = keep(lines);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    // Two readers at once would read the same lines twice.
    read: () => (reading ??= readOn().finally(() => (reading = undefined))),
  };
}
