import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PretrainingProgress } from '../../protocol/pretraining';
import type { MetricsLine } from '../../protocol/runs';
import type { Log } from '../env';
import { POINTERS_FILE } from '../model/checkpoint-pointers';
import { readPointers } from '../runs/checkpoints';
import { lockOwner } from '../runs/lock';
import { NAME_FILE, readRunName } from '../runs/manage';
import { METRICS_FILE } from '../runs/metrics';
import { brokenProgress, progressOf, readingProgress } from '../runs/pretrain/progress';
import { READING_FILE, readReading } from '../runs/pretrain/reading';
import { PRETRAINING_FILE, type PretrainingRecord, readPretraining } from '../runs/pretrain/record';
import { ensureReadable } from '../runs/run-data';
import type { ServerEnv } from './environment';
import { knownFolders } from './known-folders';
import { LARGEST, type MetricsTail, metricsTail } from './metrics-tail';

/** Reads the pre-training runs in one folder again and again, looking only into those that may have moved on. */
export interface PretrainingFolders {
  /** All of them, newest first; one that is broken says so. */
  read(): Promise<readonly PretrainingProgress[]>;
}

interface Known {
  readonly stamp: string;
  readonly progress: PretrainingProgress;
  /** Of a run whose corpus is read: its record by the state of the file, and its metrics. */
  readonly own?: { readonly stamp: string; readonly record: PretrainingRecord; readonly tail: MetricsTail } | undefined;
}

/** The runs of the folder `runs`. */
export function pretrainingFolders(runs: string, stamp: ServerEnv['stamp'], log: Log): PretrainingFolders {
  const folders = knownFolders<Known>(runs, look);

  async function look(name: string, before: Known | undefined): Promise<Known | undefined> {
    const folder = join(runs, name);
    const files = [PRETRAINING_FILE, READING_FILE, METRICS_FILE, POINTERS_FILE, NAME_FILE];
    const stamps = await Promise.all(files.map((file) => stamp(join(folder, file))));
    const [recorded, reading] = stamps;
    if (recorded === undefined && reading === undefined) return undefined;
    const now = stamps.join(' ');
    // A running one is looked at anyway: its process may have gone without a word.
    if (before?.stamp === now && before.progress.state !== 'running') return before;
    // The lock first: a run that ends in between is then seen to have ended.
    const pid = await lockOwner(folder).catch(() => undefined);
    const place = { folder, pid, name: await readRunName(folder) };
    try {
      if (recorded === undefined) {
        const record = await readReading(folder);
        return record && { stamp: now, progress: readingProgress(place, record) };
      }
      const own = before?.own?.stamp === recorded ? before.own : await open(folder, recorded, before?.own);
      const { record, tail } = own;
      const facts = { ...place, record, lines: await tail.read(), pointers: await readPointers(folder) };
      return { stamp: now, progress: progressOf(facts), own };
    } catch (error) {
      const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
      if (before?.stamp !== now) log.warn('a pre-training run cannot be read', { folder, error: message });
      const made = await stat(folder).then(({ birthtime }) => birthtime.toISOString(), () => undefined); // prettier-ignore
      return made === undefined ? undefined : { stamp: now, progress: brokenProgress(place, message, made) };
    }
  }

  async function open(folder: string, recorded: string, before: Known['own']): Promise<NonNullable<Known['own']>> {
    await ensureReadable(join(folder, PRETRAINING_FILE), LARGEST);
    const record = await readPretraining(folder);
    // Another run in the same place has metrics of its own.
    const tail = record.id === before?.record.id ? before.tail : metricsTail(folder, stamp, forTheList);
    return { stamp: recorded, record, tail };
  }

  return {
    async read() {
      const all = (await folders()).map(({ progress }) => progress);
      return all.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    },
  };
}

/** Of a long run's lines those that a list needs: of the steps the last one, no fill-ins. */
function forTheList(lines: MetricsLine[]): MetricsLine[] {
  const last = lines.findLastIndex(({ event }) => event === 'step');
  return lines.filter(({ event }, at) => event !== 'filled' && (event !== 'step' || at === last));
}
