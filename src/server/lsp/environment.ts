import type { Clock, Files, Log } from '../env';
import type { HostProcess } from '../host/client';
import type { HostOptions } from '../host/fork';
import type { StartServing } from '../host/serving-process';
import type { Trainer } from '../host/trainer';
import type { MetricsWork } from '../runs/metrics-work';

/** Everything that the language server needs from outside; tests hand in doubles. */
export interface ServerEnv {
  readonly files: Files;
  readonly clock: Clock;
  /** State of a file as text that changes when it is rewritten; undefined where there is none. */
  readonly stamp: (path: string) => Promise<string | undefined>;
  /** Starts a model host. */
  readonly forkHost: (options: HostOptions, log: Log) => HostProcess;
  readonly trainer: (log: Log) => Trainer;
  /** Starts processes that serve models over HTTP. */
  readonly serving: (log: Log) => StartServing;
  /** Milliseconds without a prediction after which there is time to look into faster precisions. */
  readonly quiet: number;
  /** The long work behind the metrics page, away from the event loop. */
  readonly metrics: MetricsWork;
  /** Calls back when entries of a folder come or go; undefined where the folder isn't there or can't be watched. */
  readonly watch: (folder: string, onChange: () => void) => { dispose(): void } | undefined;
  /** The folder of the models that come with Rowlight. */
  readonly bundledModels: string;
}

/** Name of the bundled base model. */
export const DEFAULT_BASE = 'zh-mini';
