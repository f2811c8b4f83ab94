import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { forkHost } from '../host/fork';
import { workerMetrics } from '../host/metrics-worker';
import { servingProcess } from '../host/serving-process';
import { processTrainer } from '../host/trainer';
import { nodeFiles } from '../node-files';
import type { ServerEnv } from './environment';

/** The outside as Node has it. `dist` is the folder of the bundles, `root` the package's, which holds `models`. */
export function nodeEnvironment(dist: string, root: string): ServerEnv {
  return {
    files: nodeFiles,
    clock: { now: () => Date.now() },
    stamp: stampOf,
    forkHost: (options, log) => forkHost(join(dist, 'model-host.cjs'), options, log),
    trainer: (log) => processTrainer(join(dist, 'cli.cjs'), log),
    serving: (log) => servingProcess(join(dist, 'cli.cjs'), log),
    quiet: 20_000,
    metrics: workerMetrics(join(dist, 'metrics-worker.cjs')),
    watch(folder, onChange) {
      try {
        const watcher = watch(folder, { persistent: false }, onChange);
        // The folder was removed, or the system ran out of watches: polling remains.
        watcher.on('error', () => watcher.close());
        return { dispose: () => watcher.close() };
      } catch {
        return undefined;
      }
    },
    bundledModels: join(root, 'models'),
  };
}

/** The state of a file on the disk as text; undefined where there is none (`ServerEnv.stamp`). */
export function stampOf(path: string): Promise<string | undefined> {
  return stat(path).then(
    ({ mtimeMs, size, ino }) => `${mtimeMs}-${size}-${ino}`,
    () => undefined,
  );
}
