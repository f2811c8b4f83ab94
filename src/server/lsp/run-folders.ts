import { join } from 'node:path';
import type { RunProgress } from '../../protocol/messages';
import { followMetrics, METRICS_FILE } from '../runs/metrics';
import { summarize } from '../runs/list';
import { ADOPTION_FILE } from '../runs/adoption';
import { currentStage } from '../runs/stages-record';
import { NAME_FILE } from '../runs/manage';
import { knownFolders } from './known-folders';

/** Reads the runs in one folder again and again, looking only into those that may have moved on. */
export interface RunFolders {
  /** All runs, newest first. A folder that is no run, or a broken one, is left out. */
  read(): Promise<readonly RunProgress[]>;
}

interface Known {
  /** The folder of the stage that was read. */
  readonly own: string;
  readonly stamp: string;
  readonly progress: RunProgress;
  readonly offset: number;
}

/** The runs of the folder `runs`; `stamp` tells whether a file was written since (`ServerEnv.stamp`). */
export function runFolders(runs: string, stamp: (path: string) => Promise<string | undefined>): RunFolders {
  const folders = knownFolders<Known>(runs, look);

  async function look(name: string, earlier: Known | undefined): Promise<Known | undefined> {
    const folder = join(runs, name);
    const own = await currentStage(folder);
    const before = earlier?.own === own ? earlier : undefined;
    const files = [join(own, METRICS_FILE), join(folder, NAME_FILE), join(folder, ADOPTION_FILE)];
    const stamps = await Promise.all(files.map(stamp));
    const now = stamps.join(' ');
    // A running one is looked at anyway: its process may have gone without a word.
    if (before && before.stamp === now && before.progress.run.state !== 'running') return before;
    const run = await summarize(folder).catch(() => undefined);
    if (!run) return undefined;
    const { lines, offset } = await followMetrics(own, before?.offset ?? 0);
    const step = lines.findLast((line) => line.event === 'step');
    const { loss, secondsLeft } = step?.event === 'step' ? step : (before?.progress ?? {});
    const progress: RunProgress = {
      run,
      ...(loss === undefined ? {} : { loss }),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    };
    return { own, stamp: now, progress, offset };
  }

  return {
    async read() {
      const all = (await folders()).map(({ progress }) => progress);
      return all.sort((a, b) => (a.run.createdAt < b.run.createdAt ? 1 : -1));
    },
  };
}
