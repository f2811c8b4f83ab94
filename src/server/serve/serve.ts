import type { Clock, Log } from '../env';
import { HostClient, type HostProcess } from '../host/client';
import type { ModelRef } from '../host/messages';
import type { Pooling } from '../model/pooling';
import { createApp } from './app';
import { createMetrics } from './metrics';
import { type FoundModel, type ServedModel, followModels } from './models';
import { BatchQueue, type Lane } from './queue';
import type { Answers } from './texts';
import { type ZmqServer, listenZmq } from './zmq/listen';

/** What a server is started with. */
export interface ServePlan {
  readonly models: readonly ServedModel[];
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
  readonly zmqPorts?: readonly [number, number];
  /** Takes no more requests, answers those it has, and ends the model host. */
  stop(): Promise<void>;
}

/** Milliseconds after which a model host that crashed too often may start again. */
const REST = 30_000;

/** Starts serving. Rejects where a model does not load or the port is taken. */
export async function serve(plan: ServePlan, fork: () => HostProcess, clock: Clock, log: Log): Promise<Server> {
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

  const never = new AbortController().signal;
  const predictLane = (model: ModelRef): Lane => ({
    key: `predict\0${model.id}`,
    model,
    compute: (inputs, onValues) => host.predict(model, inputs, { priority: 'background', signal: never, onValues }),
  });
  const encodeLane = (model: ModelRef): Lane => ({
    key: `encode\0${model.id}`,
    model,
    compute: (inputs, onValues) =>
      host.encode(model, plan.pooling, inputs, { priority: 'background', signal: never, onValues }),
  });
  const warm = async ({ ref, classifies }: FoundModel): Promise<void> => {
    await (classifies ? predictLane(ref) : encodeLane(ref)).compute([{ text: '1' }], () => undefined);
  };
  const answers: Answers = {
    models: plan.models,
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
    if (plan.zmq) zmq = await listenZmq({ answers, pooling: plan.pooling, ports: plan.zmq, log });
    for (const { now } of plan.models) await warm(now);
    const address = await app.listen({ host: plan.host, port: plan.port });
    ready = true;
    const following = followModels(plan.models, {
      every: plan.lookEvery ?? 2000,
      signal: stopping.signal,
      warm,
      retire: ({ ref }) => queue.retire(ref, () => host.release(ref)),
      log,
    });
    return {
      address,
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
