import type { FasterDtype, RunBy } from '../../../src/protocol/status';
import { fasterDtype } from '../../../src/server/engine/faster-dtype';
import type { RowlightError } from '../../../src/server/errors';
import { silentLog } from '../../../src/server/env';
import { runHost, type HostEnv, type LoadedHostEncoder, type LoadedHostModel } from '../../../src/server/host/host';
import type { HostProcess } from '../../../src/server/host/client';
import type { FromHost, HostEngine, ToHost } from '../../../src/server/host/messages';
import type { Encoder, TextVector } from '../../../src/server/inference/encoder';
import type { Prediction, Predictor } from '../../../src/server/inference/prediction';

/** A model host in this process whose model is a script: what it was asked, and what it answers. */
export class FakeHost {
  /** Texts in the order in which the model saw them. */
  readonly seen: string[] = [];
  /** How often a process was started. */
  forks = 0;
  /** Labels of the fake model. */
  labels: readonly string[] = ['甲', '乙'];
  /** The answer for a text: the label and its probability. */
  script: (text: string) => { label: string; probability: number } = () => ({ label: '甲', probability: 0.97 });
  /** Texts that were encoded, in their order. */
  readonly encoded: string[] = [];
  /** Heads that were fitted. */
  heads = 0;
  /** The features of a text. */
  features: (text: string) => readonly number[] = (text) => [text.length];
  /** What the model waits for before it answers a batch; set it to hold predictions back. */
  gate: Promise<void> = Promise.resolve();
  /** Where models run. */
  device = 'cpu';
  /** Whether a GPU computes float16. */
  float16: true | undefined;
  /** What else it says of the device. */
  about: Pick<RunBy, 'hardware' | 'note'> = {};
  /** Models that were loaded to predict, in their order: folder, and the precision behind it where that is not float32. */
  readonly loaded: string[] = [];
  /** What comes of a comparison of a faster precision with float32. */
  judge: HostEnv['judge'] = () => Promise.reject(new Error('nothing is judged here'));
  /** Makes loading fail. */
  loadError: RowlightError | undefined;
  readonly #exits: ((reason: string) => void)[] = [];

  /** Holds predictions back until the returned function is called. */
  hold(): () => void {
    let open = (): void => undefined;
    this.gate = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  }

  /** Ends the running process as a crash would. */
  crash(): void {
    for (const exit of this.#exits.splice(0)) exit('signal SIGABRT');
  }

  /** For `ServerEnv.forkHost`. */
  readonly fork = (): HostProcess => {
    this.forks++;
    let alive = true;
    const toHost: ((message: ToHost) => void)[] = [];
    const fromHost: ((message: FromHost) => void)[] = [];
    // Messages cross as they do between processes: later, and as copies.
    const post = <T>(listeners: ((message: T) => void)[], message: T): void => {
      const copy = structuredClone(message);
      setImmediate(() => {
        if (alive) for (const listener of listeners) listener(copy);
      });
    };
    const env: HostEnv = {
      clock: { now: () => performance.now() },
      log: silentLog,
      load: ({ folder, dtype }) => this.#load(folder, dtype),
      engine: () => Promise.resolve(this.#engine('')),
      judge: (folder, texts) => this.judge(folder, texts),
      loadEncoder: (folder) => this.#loadEncoder(folder),
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
    };
    const send = (message: FromHost): void => {
      if (message.type === 'head') this.heads++;
      post(fromHost, message);
    };
    runHost({ send, onMessage: (listener) => toHost.push(listener) }, env);
    return {
      send: (message) => post(toHost, message),
      onMessage: (listener) => fromHost.push(listener),
      onExit: (listener) =>
        this.#exits.push((reason) => {
          alive = false;
          listener(reason);
        }),
      kill: () => {
        alive = false;
      },
    };
  };

  #loadEncoder(folder: string): Promise<LoadedHostEncoder> {
    if (this.loadError) return Promise.reject(this.loadError);
    const encode: Encoder['encode'] = async (inputs, onBatch) => {
      await this.gate;
      const vectors = inputs.map(({ text }): TextVector => {
        this.encoded.push(text);
        return { vector: Float32Array.from(this.features(text)), tokens: text.length + 2, truncated: false };
      });
      onBatch?.([...vectors.keys()], vectors);
      return vectors;
    };
    const encoder = { width: this.features('').length, maxLength: 128, encode, dispose: () => Promise.resolve() };
    return Promise.resolve({ encoder, ...this.#engine(folder) });
  }

  #engine(about: string): HostEngine {
    const faster = fasterDtype({ name: 'onnx', device: this.device, ...(this.float16 && { float16: this.float16 }) });
    return { engine: `fake ${about}`, device: this.device, ...this.about, ...(faster && { faster }) };
  }

  #load(folder: string, asked?: FasterDtype): Promise<LoadedHostModel> {
    if (this.loadError) return Promise.reject(this.loadError);
    const dtype = asked === this.#engine('').faster ? asked : undefined;
    this.loaded.push(dtype === undefined ? folder : `${folder} ${dtype}`);
    const predict: Predictor['predict'] = async (inputs, { onBatch } = {}) => {
      await this.gate;
      const predictions = inputs.map(({ text }): Prediction => {
        this.seen.push(text);
        const { label, probability } = this.script(text);
        const rest = (1 - probability) / Math.max(1, this.labels.length - 1);
        const probabilities = this.labels.map((name) => (name === label ? probability : rest));
        return { label, probability, probabilities, truncated: false, tokens: text.length + 2 };
      });
      onBatch?.([...predictions.keys()], predictions.length, predictions);
      return predictions;
    };
    return Promise.resolve({
      predictor: { labels: this.labels, maxLength: 128, predict, dispose: () => Promise.resolve() },
      tokenize: ({ text }) => {
        const tokens = ['[CLS]', ...text, '[SEP]'];
        return { tokens, offsets: tokens.flatMap(() => [0, 0]), truncated: false, total: tokens.length };
      },
      ...this.#engine(dtype === undefined ? folder : `${folder} ${dtype}`),
    });
  }
}
