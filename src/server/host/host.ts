import type { Clock, Log } from '../env';
import { RowlightError } from '../errors';
import type { Predictor, TextInput } from '../inference/prediction';
import { JobQueue } from './job-queue';
import type { FromHost, ModelRef, Port, ToHost, TokenView } from './messages';

/** A model ready to predict and to show its tokens. */
export interface LoadedHostModel {
  readonly predictor: Predictor;
  readonly tokenize: (input: TextInput) => TokenView;
  readonly engine: string;
  readonly device: string;
  readonly note?: string;
}

/** What the host needs from outside. */
export interface HostEnv {
  readonly clock: Clock;
  readonly log: Log;
  /** Loads a checkpoint's folder; rejects with a `RowlightError` where it can't. */
  readonly load: (folder: string) => Promise<LoadedHostModel>;
  /** Lets the event loop read messages; `setImmediate` in a process. */
  readonly breathe: () => Promise<void>;
}

/** Models kept loaded; the one used longest ago is freed first. */
const KEEP = 2;

/**
 * Answers requests of the server over a port until the process ends. One slice of one request is computed at a time (`JobQueue`); between
 * slices messages are read, so that a cancel or a hover takes effect at the next slice. Never throws: failures are answered.
 */
export function runHost(port: Port<ToHost, FromHost>, env: HostEnv): void {
  const queue = new JobQueue();
  const models = new Map<string, Promise<LoadedHostModel>>();
  /** Evicted models: freed when no slice runs, for a session must not go while it computes. */
  const doomed: Promise<LoadedHostModel>[] = [];
  let working = false;

  port.onMessage((message) => {
    switch (message.type) {
      case 'predict':
        queue.add({ ...message, done: 0 });
        if (!working) void work();
        break;
      case 'tokenize':
        void tokenize(message.id, message.model, message.input);
        break;
      case 'cancel':
        queue.remove(message.id);
        break;
    }
  });

  async function work(): Promise<void> {
    working = true;
    // The messages that arrived together with this one are read first.
    await env.breathe();
    for (let slice = queue.next(); slice; slice = queue.next()) {
      const { job, from, to } = slice;
      try {
        const model = await open(job.model);
        if (!queue.has(job.id)) continue;
        // Loading took time: something more urgent may have come.
        if (queue.next()?.job !== job) continue;
        const start = env.clock.now();
        const predictions = await model.predictor.predict(job.inputs.slice(from, to));
        if (!queue.has(job.id)) continue;
        const { complete } = queue.finished(slice, env.clock.now() - start);
        const indices = predictions.map((_, i) => from + i);
        port.send({ type: 'predicted', id: job.id, indices, predictions });
        if (complete) port.send({ type: 'done', id: job.id });
      } catch (error) {
        queue.remove(job.id);
        fail(job.id, error);
      } finally {
        await free();
        await env.breathe();
      }
    }
    working = false;
  }

  async function tokenize(id: number, ref: ModelRef, input: TextInput): Promise<void> {
    try {
      port.send({ type: 'tokenized', id, tokens: (await open(ref)).tokenize(input) });
    } catch (error) {
      fail(id, error);
    }
  }

  function open(ref: ModelRef): Promise<LoadedHostModel> {
    let model = models.get(ref.id);
    if (!model) {
      const start = env.clock.now();
      model = env.load(ref.folder).then((loaded) => {
        const note = loaded.note === undefined ? {} : { note: loaded.note };
        const milliseconds = env.clock.now() - start;
        port.send({ type: 'loaded', model: ref, engine: loaded.engine, device: loaded.device, ...note, milliseconds });
        return loaded;
      });
      // A failed load may be mended on disk: the next request tries again.
      const failed = model;
      failed.catch(() => {
        if (models.get(ref.id) === failed) models.delete(ref.id);
      });
      evict();
    } else {
      models.delete(ref.id);
    }
    models.set(ref.id, model);
    return model;
  }

  function evict(): void {
    while (models.size >= KEEP) {
      const [id, oldest] = models.entries().next().value as [string, Promise<LoadedHostModel>];
      models.delete(id);
      doomed.push(oldest);
    }
  }

  async function free(): Promise<void> {
    for (const model of doomed.splice(0)) {
      await model.then((loaded) => loaded.predictor.dispose()).catch((error: unknown) => env.log.warn(String(error)));
    }
  }

  function fail(id: number, error: unknown): void {
    const expected = RowlightError.is(error);
    if (!expected) env.log.error('request failed', { error: error instanceof Error ? error.stack : String(error) });
    const message = error instanceof Error ? error.message : String(error);
    port.send({ type: 'failed', id, reason: expected ? error.reason : 'internal', message });
  }
}
