import type * as zeromq from 'zeromq';
import type { Log } from '../../env';
import { RowlightError } from '../../errors';
import { type Pooling, vectorWidth } from '../../model/pooling';
import { LIMITS } from '../limits';
import { explain, toRefusal } from '../refusal';
import { serverStatus } from '../routes/bert-as-service';
import { type Answers, requireTexts } from '../texts';
import { Subscribers } from './subscribers';
import {
  WIRE_VERSION,
  type WireRequest,
  objectFrames,
  readBody,
  readRequest,
  refusalFrames,
  vectorFrames,
} from './wire';

/** Requests that are answered at a time; further ones wait with their clients. */
const AT_ONCE = 256;

/** What the ZeroMQ side is made with. */
export interface ZmqPlan {
  /** What {@link loadZmq} answered. */
  readonly zmq: typeof zeromq;
  readonly answers: Answers;
  readonly pooling: Pooling;
  /** For requests and for answers; 0 takes a free one. */
  readonly ports: readonly [number, number];
  readonly log: Log;
}

/** A ZeroMQ side that listens. */
export interface ZmqServer {
  readonly ports: readonly [number, number];
  /** Reads no more requests, answers those it has, and closes. */
  stop(): Promise<void>;
}

/**
 * Answers bert-as-service's `BertClient`: requests are pulled from one port, answers published on the other to whoever subscribed to the client's
 * name. Always on 127.0.0.1, since the protocol has no key. Rejects with reason `busy` where a port is taken.
 */
export async function listenZmq({ zmq, answers, pooling, ports, log }: ZmqPlan): Promise<ZmqServer> {
  const requests = new zmq.Pull({ maxMessageSize: LIMITS.body, linger: 0 });
  const published = new zmq.XPublisher({ maxMessageSize: LIMITS.body, linger: 1000 });
  const close = (): void => [requests, published].forEach((socket) => !socket.closed && socket.close());
  let bound: [number, number];
  try {
    bound = [await bind(requests, ports[0]), await bind(published, ports[1])];
  } catch (error) {
    close();
    throw error;
  }
  const subscribers = new Subscribers();
  const running = new Set<Promise<void>>();
  let stopping = false;
  // One message at a time may be sent on a socket.
  let sent = Promise.resolve();
  const send = (frames: Buffer[]): Promise<void> => (sent = sent.then(() => published.send(frames)));

  async function answer(request: WireRequest): Promise<void> {
    const { signal, there } = subscribers.await(request.client);
    const frames = await framesOf(request, signal).catch((error: unknown) => {
      const reason = explain(error);
      if (reason !== undefined) log.error(reason);
      return refusalFrames(request, toRefusal(error));
    });
    if (await there) await send(frames);
  }

  async function framesOf(request: WireRequest, signal: AbortSignal): Promise<Buffer[]> {
    const texts = readBody(request.body);
    const model = answers.models[0]!;
    if (texts === 'status')
      return objectFrames(request, {
        ...serverStatus(model, pooling),
        ...WIRE_STATUS,
        port: bound[0],
        port_out: bound[1],
      });
    const inputs = texts.map((text) => ({ text }));
    requireTexts(inputs, 'texts');
    return vectorFrames(request, await answers.encode(model, inputs, signal), vectorWidth(model.now.config, pooling));
  }

  const pulling = (async () => {
    for await (const frames of requests) {
      const request = readRequest(frames);
      if (request === undefined) continue;
      const task = answer(request).catch((error: unknown) => void (stopping || log.warn(String(error))));
      running.add(task);
      void task.finally(() => running.delete(task));
      while (running.size >= AT_ONCE) await Promise.race(running);
    }
  })();
  const watching = (async () => {
    for await (const [frame] of published) if (frame) subscribers.receive(frame);
  })();
  const ended = Promise.allSettled([pulling, watching]);
  return {
    ports: bound,
    async stop() {
      stopping = true;
      requests.close();
      while (running.size > 0) await Promise.race(running);
      subscribers.close();
      await sent.catch(() => undefined);
      close();
      await ended;
    },
  };
}

/** What a `BertClient` reads beside the HTTP status. */
const WIRE_STATUS = { server_version: WIRE_VERSION, show_tokens_to_client: false } as const;

/** The package `zeromq`; rejects with reason `unsupported` where it is not installed or does not load. */
export async function loadZmq(): Promise<typeof zeromq> {
  try {
    return await import('zeromq');
  } catch (error) {
    const missing = String((error as { code?: unknown }).code).endsWith('MODULE_NOT_FOUND');
    throw new RowlightError(
      'unsupported',
      missing
        ? '--zmq: the package zeromq is not installed; npm install zeromq where Rowlight is'
        : `--zmq: the package zeromq does not load: ${String(error).split('\n')[0]}`,
    );
  }
}

/** Binds on this machine alone and answers the port. */
async function bind(socket: zeromq.Pull | zeromq.XPublisher, port: number): Promise<number> {
  try {
    await socket.bind(`tcp://127.0.0.1:${port === 0 ? '*' : port}`);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EADDRINUSE')
      throw new RowlightError('busy', `port ${port} is in use; choose others with --zmq-ports`);
    throw error;
  }
  return Number(/:(\d+)$/.exec(socket.lastEndpoint ?? '')![1]);
}
