import type { Clock, Log } from '../env';
import { RowlightError } from '../errors';
import type { Encoder, TextVector } from '../inference/encoder';
import { fitFeatureHead, type FeatureHead } from '../inference/feature-head';
import type { Prediction, Predictor, TextInput } from '../inference/prediction';
import type { Pooling } from '../model/pooling';
import { JobQueue, type Slice } from './job-queue';
import type { FromHost, HostEngine, JudgedDtype, ModelRef, Port, ToHost, TokenView } from './messages';
import { createShelf } from './shelf';

/** A model ready to predict and to show its tokens. */
export interface LoadedHostModel extends HostEngine {
  readonly predictor: Predictor;
  readonly tokenize: (input: TextInput) => TokenView;
}

/** A model ready to encode. */
export interface LoadedHostEncoder extends HostEngine {
  readonly encoder: Encoder;
}

/** What the host needs from outside. */
export interface HostEnv {
  readonly clock: Clock;
  readonly log: Log;
  /** Loads a checkpoint; rejects with a `RowlightError` where it can't. */
  readonly load: (ref: ModelRef) => Promise<LoadedHostModel>;
  /** What runs models; rejects with a `RowlightError` where nothing can. */
  readonly engine: () => Promise<HostEngine>;
  /** Compares a model's faster precision with its float32; rejects with a `RowlightError` where it can't. */
  readonly judge: (folder: string, texts: readonly TextInput[]) => Promise<JudgedDtype>;
  /** Loads a model's folder to encode with; rejects with a `RowlightError` where it can't. */
  readonly loadEncoder: (folder: string, pooling: Pooling) => Promise<LoadedHostEncoder>;
  /** Lets the event loop read messages; `setImmediate` in a process. */
  readonly breathe: () => Promise<void>;
}

/** How many models are kept loaded: those that predict, and those that encode. */
export interface Keep {
  readonly predictors: number;
  readonly encoders: number;
}

/** What an editor needs. */
const KEEP: Keep = { predictors: 2, encoders: 1 };

/** A model and what it makes of texts. */
interface EncoderRef extends ModelRef {
  readonly pooling: Pooling;
}

function encoderRef(model: ModelRef, pooling: Pooling): EncoderRef {
  return { ...model, id: `${model.id}\0${pooling.strategy} ${pooling.layers.join()}`, pooling };
}

/** Sends what a batch gave: indices into a slice's inputs, and the values. */
type SendBatch = (
  indices: readonly number[],
  answer:
    | { readonly type: 'predicted'; readonly predictions: readonly Prediction[] }
    | { readonly type: 'encoded'; readonly vectors: readonly TextVector[] },
) => void;

/** Milliseconds that a head is fitted without a pause. */
const FIT_SLICE = 50;

/**
 * Answers requests of the server over a port until the process ends. One slice of one request is computed at a time (`JobQueue`), and a head is
 * fitted while no request waits; between slices messages are read, so that a cancel or a hover takes effect at the next slice. Never throws:
 * failures are answered.
 */
export function runHost(port: Port<ToHost, FromHost>, env: HostEnv, queue = new JobQueue(), keep: Keep = KEEP): void {
  /** Heads to fit, by request. */
  const fits = new Map<number, Generator<void, FeatureHead>>();
  const predictors = createShelf(
    keep.predictors,
    (ref: ModelRef) => announced(ref, () => env.load(ref)),
    freePredictor,
    env.log,
  );
  const encoders = createShelf(
    keep.encoders,
    (ref: EncoderRef) => announced(ref, () => env.loadEncoder(ref.folder, ref.pooling)),
    freeEncoder,
    env.log,
  );
  let working = false;

  port.onMessage((message) => {
    switch (message.type) {
      case 'predict':
      case 'encode':
        queue.add({ ...message, done: 0 });
        break;
      case 'fit-head':
        fits.set(message.id, fitFeatureHead(message.rows));
        break;
      case 'release':
        predictors.release((id) => id === message.model.id);
        encoders.release((id) => id.startsWith(`${message.model.id}\0`));
        break;
      case 'judge':
        void tell(message.id, async (id) => ({
          type: 'judged',
          id,
          ...(await env.judge(message.folder, message.inputs)),
        }));
        break;
      case 'engine':
        void tell(message.id, async (id) => ({ type: 'engine', id, engine: await env.engine() }));
        break;
      case 'tokenize':
        void tell(message.id, async (id) => {
          const { tokenize } = await predictors.open(message.model);
          return { type: 'tokenized', id, tokens: tokenize(message.input) };
        });
        break;
      case 'cancel':
        queue.remove(message.id);
        fits.delete(message.id);
        break;
    }
    if (!working && (queue.size > 0 || fits.size > 0 || message.type === 'release')) void work();
  });

  async function work(): Promise<void> {
    working = true;
    // The messages that arrived together with this one are read first.
    await env.breathe();
    for (;;) {
      const slice = queue.next();
      if (slice) await compute(slice);
      else if (fits.size > 0) fit();
      else break;
      await predictors.free();
      await encoders.free();
      await env.breathe();
    }
    working = false;
  }

  async function compute(slice: Slice): Promise<void> {
    const { job, from, to } = slice;
    try {
      const run = await opened(slice);
      if (!queue.has(job.id)) return;
      // Loading took time: something more urgent may have come.
      if (queue.next()?.job !== job) return;
      const start = env.clock.now();
      // Each batch is answered as soon as it is computed.
      await run(job.inputs.slice(from, to), (indices, answer) => {
        port.send({ id: job.id, indices: indices.map((index) => from + index), ...answer });
      });
      if (!queue.has(job.id)) return;
      const { complete } = queue.finished(slice, env.clock.now() - start);
      if (complete) port.send({ type: 'done', id: job.id });
    } catch (error) {
      queue.remove(job.id);
      fail(job.id, error);
    }
  }

  /** What a job does with texts, its model being loaded. */
  async function opened({ job }: Slice): Promise<(inputs: TextInput[], send: SendBatch) => Promise<unknown>> {
    if (job.type === 'predict') {
      const { predictor } = await predictors.open(job.model);
      return (inputs, send) =>
        predictor.predict(inputs, {
          onBatch: (indices, _, all) =>
            send(indices, { type: 'predicted', predictions: indices.map((index) => all[index]!) }),
        });
    }
    const { encoder } = await encoders.open(encoderRef(job.model, job.pooling));
    return (inputs, send) =>
      encoder.encode(inputs, (indices, all) =>
        send(indices, { type: 'encoded', vectors: indices.map((index) => all[index]!) }),
      );
  }

  /** Goes on with the head that was asked for first. */
  function fit(): void {
    const [id, fitting] = fits.entries().next().value as [number, Generator<void, FeatureHead>];
    const start = env.clock.now();
    try {
      for (;;) {
        const { done, value } = fitting.next();
        if (done) {
          fits.delete(id);
          return port.send({ type: 'head', id, head: value });
        }
        if (env.clock.now() - start >= FIT_SLICE) return;
      }
    } catch (error) {
      fits.delete(id);
      fail(id, error);
    }
  }

  /** Answers at once, beside the queue. */
  async function tell(id: number, answer: (id: number) => Promise<FromHost>): Promise<void> {
    try {
      port.send(await answer(id));
    } catch (error) {
      fail(id, error);
    }
  }

  /** Loads a model and tells the server what runs it. */
  async function announced<Model extends HostEngine>(ref: ModelRef, load: () => Promise<Model>): Promise<Model> {
    const start = env.clock.now();
    const loaded = await load();
    const { engine, device, hardware, note, faster } = loaded;
    const known = {
      ...(hardware === undefined ? {} : { hardware }),
      ...(note === undefined ? {} : { note }),
      ...(faster === undefined ? {} : { faster }),
    };
    const milliseconds = env.clock.now() - start;
    port.send({ type: 'loaded', model: ref, engine, device, ...known, milliseconds });
    return loaded;
  }

  function fail(id: number, error: unknown): void {
    const expected = RowlightError.is(error);
    if (!expected) env.log.error('request failed', { error: error instanceof Error ? error.stack : String(error) });
    const message = error instanceof Error ? error.message : String(error);
    port.send({ type: 'failed', id, reason: expected ? error.reason : 'internal', message });
  }
}

function freePredictor({ predictor }: LoadedHostModel): Promise<void> {
  return predictor.dispose();
}

function freeEncoder({ encoder }: LoadedHostEncoder): Promise<void> {
  return encoder.dispose();
}
