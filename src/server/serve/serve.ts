import { type DtypeChoice, requireDtype } from '../engine/faster-dtype';
import type { Clock, Log } from '../env';
import { HostClient, type HostProcess } from '../host/client';
import type { ModelRef } from '../host/messages';
import type { Pooling } from '../model/pooling';
import { createApp } from './app';
import { createMetrics } from './metrics';
import { type FoundModel, type ServedModel, findModels, followModels } from './models';
import { BatchQueue, type Lane } from './queue';
import type { Answers } from './texts';
import { type ZmqServer, listenZmq, loadZmq } from './zmq/listen';

/** What a server is started with. */
export interface ServePlan {
  /** Where the models are; the name of each is that of its folder. */
  readonly paths: readonly string[];
  /** What labels are computed in. */
  readonly dtype: DtypeChoice;
  readonly pooling: Pooling;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly key?: string;
  /** Ports of the ZeroMQ side, where there is to be one. */
  readonly zmq?: readonly [number, number];
  /** Milliseconds between two looks for newer models. */
  readonly lookEvery?: number;
}

/** A server that listens. */
export interface Server {
  readonly address: string;
  readonly models: readonly ServedModel[];
  readonly zmqPorts?: readonly [number, number];
  /** Takes no more requests, answers those it has, and ends the model host. */
  stop(): Promise<void>;
}

/** Milliseconds after which a model host that crashed too often may start again. */
const REST = 30_000;

const NEVER = new AbortController().signal;

/** Starts serving. Rejects where a model is not found or does not load, the precision is none of what runs models, or the port is taken. */
export async function serve(plan: ServePlan, fork: () => HostProcess, clock: Clock, log: Log): Promise<Server> {
  // First of all: without the package nothing is to start.
  const zeromq = plan.zmq && (await loadZmq());
  let resting: NodeJS.Timeout | undefined;
  const rest = (): void => {
    if (host.state !== 'off' || resting !== undefined) return;
    resting = setTimeout(() => {
      resting = undefined;
      host.retry();
    }, REST).unref();
  };
  const host: HostClient = new HostClient(fork, clock, log, rest);
  const metrics = createMetrics(() => queue.state);
  const queue = new BatchQueue(clock, metrics.batch);
  const stopping = new AbortController();
  let ready = false;

  const models = await find(plan, host).catch((error: unknown) => {
    host.dispose();
    throw error;
  });
  const predictLane = (model: ModelRef): Lane => ({
    key: `predict\0${model.id}`,
    model,
    compute: (inputs, onValues) => host.predict(model, inputs, { priority: 'background', signal: NEVER, onValues }),
  });
  const encodeLane = (model: ModelRef): Lane => ({
    key: `encode\0${model.id}`,
    model,
    compute: (inputs, onValues) =>
      host.encode(model, plan.pooling, inputs, { priority: 'background', signal: NEVER, onValues }),
  });
  const warm = async ({ ref, classifies }: FoundModel): Promise<void> => {
    await (classifies ? predictLane(ref) : encodeLane(ref)).compute([{ text: '1' }], () => undefined);
  };
  const answers: Answers = {
    models,
    predict: ({ now }, inputs, signal) => queue.ask(predictLane(now.ref), inputs, signal),
    encode: ({ now }, inputs, signal) => queue.ask(encodeLane(now.ref), inputs, signal),
  };
  const app = createApp({
    answers,
    pooling: plan.pooling,
    metrics,
    ...(plan.key === undefined ? {} : { key: plan.key }),
    ready: () => ready && !stopping.signal.aborted && host.state !== 'off',
    log,
  });
  let zmq: ZmqServer | undefined;
  try {
    // What asks early waits for its model.
    if (plan.zmq && zeromq)
      zmq = await listenZmq({ zmq: zeromq, answers, pooling: plan.pooling, ports: plan.zmq, log });
    for (const { now } of models) await warm(now);
    const address = await app.listen({ host: plan.host, port: plan.port });
    ready = true;
    const following = followModels(models, {
      every: plan.lookEvery ?? 2000,
      signal: stopping.signal,
      warm,
      retire: ({ ref }) => queue.retire(ref, () => host.release(ref)),
      log,
    });
    return {
      address,
      models,
      ...(zmq === undefined ? {} : { zmqPorts: zmq.ports }),
      async stop() {
        stopping.abort();
        await following;
        await Promise.all([app.close(), zmq?.stop()]);
        clearTimeout(resting);
        host.dispose();
      },
    };
  } catch (error) {
    host.dispose();
    await Promise.all([app.close(), zmq?.stop()]);
    throw error;
  }
}

/** The models, once it is known what runs them: what they compute in depends on it. */
async function find({ paths, dtype: wish }: ServePlan, host: HostClient): Promise<ServedModel[]> {
  const engine = await host.engine(NEVER);
  if (wish !== 'auto') requireDtype(wish, engine.engine, engine.device, engine.faster);
  return findModels(paths, { wish, engine });
}
