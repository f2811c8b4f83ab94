import { Worker } from 'node:worker_threads';
import { RowlightError, type Reason } from '../errors';
import type { MetricsWork } from '../runs/metrics-work';

/** Server → worker, as its `workerData`: one call. */
export interface WorkerCall {
  readonly method: keyof MetricsWork;
  readonly args: readonly unknown[];
}

/** Worker → server: how the call ended. */
export type WorkerAnswer =
  { readonly result: unknown } | { readonly reason: Reason | 'internal'; readonly message: string };

/** Megabytes of memory that one call may use: a data file of 400 MB, read and parsed, needs some two thousand. */
const MEMORY = 3072;

/**
 * Does the work of the metrics page in a thread of its own, one for each call, so that neither a large file nor a broken one ever holds up or ends
 * the server. `module` is the bundle of `src/server/metrics-worker.ts`.
 */
export function workerMetrics(module: string): MetricsWork {
  const call = (method: keyof MetricsWork, ...args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const workerData: WorkerCall = { method, args };
      const worker = new Worker(module, { workerData, resourceLimits: { maxOldGenerationSizeMb: MEMORY } });
      worker.on('message', (answer: WorkerAnswer) => {
        if ('result' in answer) resolve(answer.result);
        else if (answer.reason === 'internal') reject(new Error(answer.message));
        else reject(new RowlightError(answer.reason, answer.message));
      });
      worker.on('error', (error: NodeJS.ErrnoException) => {
        const spent = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
        reject(spent ? new RowlightError('unsupported', 'The data is too large for the metrics page.') : error);
      });
      // After an answer this changes nothing.
      worker.on('exit', (code) => reject(new Error(`the metrics worker ended with code ${code}`)));
    });
  return {
    judge: (...args) => call('judge', ...args) as ReturnType<MetricsWork['judge']>,
    compare: (...args) => call('compare', ...args) as ReturnType<MetricsWork['compare']>,
    choose: (...args) => call('choose', ...args) as ReturnType<MetricsWork['choose']>,
    find: (...args) => call('find', ...args) as ReturnType<MetricsWork['find']>,
    heldOutTexts: (...args) => call('heldOutTexts', ...args) as ReturnType<MetricsWork['heldOutTexts']>,
    report: (...args) => call('report', ...args) as ReturnType<MetricsWork['report']>,
  };
}
