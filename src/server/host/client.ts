import type { RunBy } from '../../protocol/status';
import type { Clock, Log } from '../env';
import { RowlightError } from '../errors';
import type { FeatureHead, FeatureRows } from '../inference/feature-head';
import type { TextVector } from '../inference/encoder';
import type { Prediction, TextInput } from '../inference/prediction';
import type { Pooling } from '../model/pooling';
import type { FromHost, HostEngine, ModelRef, Port, Priority, ToHost, TokenView } from './messages';
import { RestartPolicy } from './restart-policy';

/** A running model host. */
export interface HostProcess extends Port<FromHost, ToHost> {
  /** Calls back once when the process ended, with a short reason (`code 1`, `signal SIGABRT`). */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}

/** `idle`: not started, or ended with nothing to do; `running`; `off`: crashed too often, `retry` starts it again. */
export type HostState = 'idle' | 'running' | 'off';

/** Options of {@link HostClient.predict} and {@link HostClient.encode}. */
export interface AskOptions<Value> {
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** Hands over results as they come: `indices[i]` is the place of `values[i]` in the inputs. */
  readonly onValues: (indices: readonly number[], values: readonly Value[]) => void;
}

interface Request {
  readonly message: (id: number) => ToHost;
  readonly receive: (message: FromHost) => void;
  readonly fail: (error: Error) => void;
  /** How often it was sent: a request in flight during a crash is sent once more, then it fails, for it may be what crashes. */
  sent: number;
}

/**
 * The server's end of the model host: forks it at the first request, restarts it after a crash at most 3 times in 3 minutes and is then off
 * until `retry`. A crash of the host ends requests at worst, never the server.
 */
export class HostClient {
  readonly #requests = new Map<number, Request>();
  readonly #policy: RestartPolicy;
  readonly #loaded: ((model: ModelRef, engine: HostEngine) => void)[] = [];
  #process: HostProcess | undefined;
  #runBy: RunBy | undefined;
  #state: HostState = 'idle';
  #nextId = 1;

  constructor(
    private readonly fork: () => HostProcess,
    clock: Clock,
    private readonly log: Log,
    /** Called when the state or the number of waiting requests may have changed. */
    private readonly onChange: () => void = () => undefined,
  ) {
    this.#policy = new RestartPolicy(clock);
  }

  get state(): HostState {
    return this.#state;
  }

  /** What runs the model that was loaded last; undefined while a process has none. */
  get runBy(): RunBy | undefined {
    return this.#runBy;
  }

  /** Told of each model that was loaded, and what runs it. */
  onLoaded(listener: (model: ModelRef, engine: HostEngine) => void): void {
    this.#loaded.push(listener);
  }

  /** Whether requests wait for an answer. */
  get busy(): boolean {
    return this.#requests.size > 0;
  }

  /** Predicts texts; resolves when `onValues` had them all. Rejects with a `RowlightError` (`cancelled` where `signal` aborted). */
  predict(model: ModelRef, inputs: readonly TextInput[], options: AskOptions<Prediction>): Promise<void> {
    return this.#ask({ type: 'predict', model }, inputs, options, (message) =>
      message.type === 'predicted' ? message.predictions : undefined,
    );
  }

  /** The vectors that a model makes of texts; else as {@link predict}. */
  encode(
    model: ModelRef,
    pooling: Pooling,
    inputs: readonly TextInput[],
    options: AskOptions<TextVector>,
  ): Promise<void> {
    return this.#ask({ type: 'encode', model, pooling }, inputs, options, (message) =>
      message.type === 'encoded' ? message.vectors : undefined,
    );
  }

  /** Fits a head when nothing else is to do. Rejects as {@link predict}. */
  fitHead(rows: FeatureRows, signal: AbortSignal): Promise<FeatureHead> {
    return this.#request<FeatureHead>(signal, (resolve) => ({
      message: (id) => ({ type: 'fit-head', id, rows }),
      receive: (message) => {
        if (message.type === 'head') resolve(message.head);
      },
    }));
  }

  async #ask<Value>(
    act: { type: 'predict'; model: ModelRef } | { type: 'encode'; model: ModelRef; pooling: Pooling },
    inputs: readonly TextInput[],
    { priority, signal, onValues }: AskOptions<Value>,
    valuesOf: (message: FromHost) => readonly Value[] | undefined,
  ): Promise<void> {
    let left = inputs.map((_, i) => i);
    let sent = left;
    await this.#request<true>(signal, (resolve) => ({
      message: (id) => {
        sent = left;
        const texts = sent.map((i) => inputs[i]).filter((input) => input !== undefined);
        return { ...act, id, priority, inputs: texts };
      },
      receive: (message) => {
        if (message.type === 'done') resolve(true);
        const values = valuesOf(message);
        if (!values || !('indices' in message)) return;
        const indices = message.indices.map((i) => sent[i] ?? -1);
        const known = new Set(indices);
        left = left.filter((i) => !known.has(i));
        onValues(indices, values);
      },
    }));
  }

  /** What runs models in the host, which it may have to find out first. Rejects as {@link predict}. */
  engine(signal: AbortSignal): Promise<HostEngine> {
    return this.#request<HostEngine>(signal, (resolve) => ({
      message: (id) => ({ type: 'engine', id }),
      receive: (message) => {
        if (message.type === 'engine') resolve(message.engine);
      },
    }));
  }

  /** The tokens of one text as the model reads them. */
  tokenize(model: ModelRef, input: TextInput, signal: AbortSignal): Promise<TokenView> {
    return this.#request<TokenView>(signal, (resolve) => ({
      message: (id) => ({ type: 'tokenize', id, model, input }),
      receive: (message) => {
        if (message.type === 'tokenized') resolve(message.tokens);
      },
    }));
  }

  /** Frees a model that is no longer wanted, where a process has it. */
  release(model: ModelRef): void {
    this.#process?.send({ type: 'release', model });
  }

  /** Allows starts again after {@link HostState} `off`. */
  retry(): void {
    this.#policy.reset();
    if (this.#state === 'off') this.#setState('idle');
  }

  /** Ends the process so that the next one starts with other options; requests in flight are sent to that one. */
  restart(): void {
    const running = this.#process;
    if (!running) return;
    this.#process = undefined;
    running.kill();
    for (const [id, request] of [...this.#requests]) {
      request.sent = 0;
      this.#send(id, request);
    }
    if (!this.#process) this.#setState('idle');
  }

  dispose(): void {
    const running = this.#process;
    this.#process = undefined;
    running?.kill();
    this.#failAll(new RowlightError('cancelled', 'The server stops.'));
  }

  #request<T>(
    signal: AbortSignal,
    make: (resolve: (value: T) => void) => Pick<Request, 'message' | 'receive'>,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal.aborted) return reject(cancelled());
      if (this.#state === 'off') return reject(off());
      const id = this.#nextId++;
      const settle = (): void => {
        this.#requests.delete(id);
        signal.removeEventListener('abort', abort);
        this.onChange();
      };
      const abort = (): void => {
        this.#process?.send({ type: 'cancel', id });
        settle();
        reject(cancelled());
      };
      const parts = make((value) => {
        settle();
        resolve(value);
      });
      const fail = (error: Error): void => {
        settle();
        reject(error);
      };
      signal.addEventListener('abort', abort);
      const request: Request = { ...parts, fail, sent: 0 };
      this.#requests.set(id, request);
      this.#send(id, request);
      this.onChange();
    });
  }

  #send(id: number, request: Request): void {
    request.sent++;
    this.#start().send(request.message(id));
  }

  #start(): HostProcess {
    if (this.#process) return this.#process;
    const started = this.fork();
    this.#process = started;
    this.#runBy = undefined;
    this.#setState('running');
    // What a process that was replaced still had under way counts for nothing: its requests were sent to the next one.
    started.onMessage((message) => {
      if (this.#process === started) this.#receive(message);
    });
    started.onExit((reason) => {
      if (this.#process === started) this.#exited(reason);
    });
    return started;
  }

  #receive(message: FromHost): void {
    switch (message.type) {
      case 'ready':
        this.log.debug('model host ready', { pid: message.pid });
        break;
      case 'loaded': {
        const { engine, device, hardware, note } = message;
        this.log.info('model loaded', message);
        this.#runBy = { engine, device, ...(hardware && { hardware }), ...(note && { note }) };
        this.onChange();
        for (const listener of this.#loaded) listener(message.model, message);
        break;
      }
      case 'failed': {
        const error =
          message.reason === 'internal'
            ? new Error(message.message)
            : new RowlightError(message.reason, message.message);
        this.#requests.get(message.id)?.fail(error);
        break;
      }
      case 'predicted':
      case 'encoded':
      case 'head':
      case 'judged':
      case 'engine':
      case 'done':
      case 'tokenized':
        this.#requests.get(message.id)?.receive(message);
        break;
    }
  }

  #exited(reason: string): void {
    this.#process = undefined;
    const again = this.#policy.crashed();
    this.log.error('the model host ended', { reason, restart: again });
    if (!again) {
      this.#setState('off');
      this.#failAll(off());
      return;
    }
    this.#setState('idle');
    for (const [id, request] of [...this.#requests]) {
      if (request.sent > 1)
        request.fail(new RowlightError('bad-model', `The model host ended twice on this request (${reason}).`));
      else this.#send(id, request);
    }
  }

  #failAll(error: Error): void {
    for (const request of [...this.#requests.values()]) request.fail(error);
  }

  #setState(state: HostState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.onChange();
  }
}

function cancelled(): RowlightError {
  return new RowlightError('cancelled', 'Cancelled.');
}

function off(): RowlightError {
  return new RowlightError('busy', 'The model host crashed too often; run "Rowlight: Retry Model" to start it again.');
}
