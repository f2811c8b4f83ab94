import { parentPort, workerData } from 'node:worker_threads';
import { RowlightError } from './errors';
import type { WorkerAnswer, WorkerCall } from './host/metrics-worker';
import { metricsWork } from './runs/metrics-work';

/* Entry of the thread that does the long work of the metrics page: one call, one answer. */

async function answer({ method, args }: WorkerCall): Promise<WorkerAnswer> {
  try {
    const run = metricsWork[method] as (...given: readonly unknown[]) => Promise<unknown>;
    return { result: await run(...args) };
  } catch (error) {
    if (RowlightError.is(error)) return { reason: error.reason, message: error.message };
    return { reason: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

void answer(workerData as WorkerCall).then((done) => parentPort?.postMessage(done));
