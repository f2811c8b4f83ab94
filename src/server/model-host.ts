import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Engine } from './engine/engine';
import { type EngineChoice, selectEngine } from './engine/select';
import { silentLog } from './env';
import { RowlightError } from './errors';
import { runHost } from './host/host';
import { judgeModel } from './host/judge-model';
import { hostEngine, loadHostEncoder, loadHostModel } from './host/load-model';
import { JobQueue } from './host/job-queue';
import type { FromHost, ToHost } from './host/messages';
import type { Device } from '../protocol/settings';

/*
 * Entry of the model host: a process that does nothing but hold models, since `session.run` blocks its thread and a native abort ends its
 * process. Forked by the language server (`host/fork.ts`), which it doesn't outlive.
 */

const { values } = parseArgs({
  options: {
    threads: { type: 'string' },
    engine: { type: 'string' },
    device: { type: 'string' },
    serving: { type: 'string' },
  },
});
/** 0 leaves the editor a core. */
const threads = Number(values.threads ?? 0) || Math.max(1, availableParallelism() - 1);

let engine: Promise<Engine> | undefined;

/** The engine is made with the first model, so that a start costs nothing; one that can't be made is tried again with the next. */
function getEngine(): Promise<Engine> {
  if (engine) return engine;
  const choice = {
    spinning: false,
    threads,
    ...(values.device === undefined ? {} : { device: values.device as Device }),
  };
  const made = values.engine === 'tensorflow' ? tensorflowElse(choice) : selectEngine(choice);
  made.catch(() => (engine = undefined));
  return (engine = made);
}

/** TensorFlow where it loads; predictions need not wait until somebody has built it. */
async function tensorflowElse(choice: EngineChoice): Promise<Engine> {
  try {
    return await selectEngine({ ...choice, engine: 'tensorflow' });
  } catch (error) {
    if (!RowlightError.is(error, 'unsupported')) throw error;
    const engine = await selectEngine(choice);
    return { ...engine, note: [error.message, engine.note].filter(Boolean).join('; ') };
  }
}

/** A server makes its own batches, and has a model that goes beside one that comes. */
const serving = values.serving === undefined ? undefined : 2 * Number(values.serving);

process.on('disconnect', () => process.exit(0));

runHost(
  {
    send: (message: FromHost) => void process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener: (message: ToHost) => void) => void process.on('message', listener),
  },
  {
    clock: { now: () => performance.now() },
    // Standard error goes to the server's log.
    log: { ...silentLog, warn: complain, error: complain },
    load: async (ref) => loadHostModel(await getEngine(), ref),
    engine: async () => hostEngine(await getEngine()),
    judge: async (folder, texts) => judgeModel(await getEngine(), folder, texts),
    loadEncoder: async (folder, pooling) => loadHostEncoder(await getEngine(), folder, pooling),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
  },
  serving === undefined ? undefined : new JobQueue(Infinity, 'oldest'),
  serving === undefined ? undefined : { predictors: serving, encoders: serving },
);
process.send?.({ type: 'ready', pid: process.pid } satisfies FromHost);

function complain(message: string, data?: object): void {
  process.stderr.write(`${message}${data ? ` ${JSON.stringify(data)}` : ''}\n`);
}
