import type { FasterDtype, RunBy } from '../../protocol/status';
import type { FeatureHead, FeatureRows } from '../inference/feature-head';
import type { TextVector } from '../inference/encoder';
import type { Verdict } from '../inference/faithful';
import type { Prediction, TextInput } from '../inference/prediction';
import type { Pooling } from '../model/pooling';
import type { Reason } from '../errors';

/**
 * How urgent a request is: a hover before the rows on the screen, those before everything else. Inside one priority the newest request
 * goes first, since the rows asked for last are those that the user looks at.
 */
export type Priority = 'hover' | 'visible' | 'background';

/** A model as the server names it. */
export interface ModelRef {
  /** Identity of the weights: folder and state of its files, so that a retrained folder is another model. Key of every cache. */
  readonly id: string;
  /** The checkpoint's folder. */
  readonly folder: string;
  /**
   * What it computes in where the device has that, float32 where it is absent. `id` tells precisions apart ({@link inDtype}), so that answers of one are
   * never taken for another's.
   */
  readonly dtype?: FasterDtype;
  /** Of a model that a server answers for: where its routes begin; `folder` is then an address, and no model host has it. */
  readonly server?: string;
}

/** A model that computes in float32, in a faster precision. */
export const inDtype = ({ id, folder }: ModelRef, dtype: FasterDtype): ModelRef => ({
  id: `${id}\0${dtype}`,
  folder,
  dtype,
});

/** The same model, computing in float32. */
export const inFloat32 = ({ id, folder, dtype }: ModelRef): ModelRef => ({
  id: dtype === undefined ? id : id.slice(0, -1 - dtype.length),
  folder,
});

/** What runs models in a host, and the precision that may take float32's place there. */
export interface HostEngine extends RunBy {
  readonly faster?: FasterDtype;
}

/** A precision that was compared with float32, and what it does to a model's answers. */
export interface JudgedDtype {
  readonly dtype: FasterDtype;
  readonly verdict: Verdict;
}

/** Server → model host. `id` is unique among the requests of one host process. */
export type ToHost =
  /** Predict texts; answered by one or more `predicted` and a `done`, or by `failed`. Loads the model where it isn't loaded. */
  | {
      readonly type: 'predict';
      readonly id: number;
      readonly model: ModelRef;
      readonly priority: Priority;
      readonly inputs: readonly TextInput[];
    }
  /** Turn texts into a model's vectors; answered by one or more `encoded` and a `done`, or by `failed`. */
  | {
      readonly type: 'encode';
      readonly id: number;
      readonly model: ModelRef;
      readonly pooling: Pooling;
      readonly priority: Priority;
      readonly inputs: readonly TextInput[];
    }
  /** Fit a head and judge it, when nothing else is to do; answered by `head` or `failed`. */
  | { readonly type: 'fit-head'; readonly id: number; readonly rows: FeatureRows }
  /**
   * Compare a model's faster precision with its float32 on texts and keep the verdict; answered by `judged` or `failed`. For a host that does nothing
   * else.
   */
  | { readonly type: 'judge'; readonly id: number; readonly folder: string; readonly inputs: readonly TextInput[] }
  /** Tell what runs models here; answered by `engine` or `failed`. */
  | { readonly type: 'engine'; readonly id: number }
  /** Tokenise one text as the model reads it; answered by `tokenized` or `failed`. */
  | { readonly type: 'tokenize'; readonly id: number; readonly model: ModelRef; readonly input: TextInput }
  /** Free a model's memory once nothing computes with it; nothing is answered. */
  | { readonly type: 'release'; readonly model: ModelRef }
  /** Drop a request; nothing more is answered for it. */
  | { readonly type: 'cancel'; readonly id: number };

/** Model host → server. */
export type FromHost =
  /** Sent once when the process listens. */
  | { readonly type: 'ready'; readonly pid: number }
  /** Predictions of some inputs of a request: `indices[i]` is the place of `predictions[i]` in the request's `inputs`. */
  | {
      readonly type: 'predicted';
      readonly id: number;
      readonly indices: readonly number[];
      readonly predictions: readonly Prediction[];
    }
  /** Vectors of some inputs of a request, as `predicted` has predictions. */
  | {
      readonly type: 'encoded';
      readonly id: number;
      readonly indices: readonly number[];
      readonly vectors: readonly TextVector[];
    }
  | { readonly type: 'head'; readonly id: number; readonly head: FeatureHead }
  | ({ readonly type: 'judged'; readonly id: number } & JudgedDtype)
  | { readonly type: 'engine'; readonly id: number; readonly engine: HostEngine }
  /** Every input of a request was predicted or encoded. */
  | { readonly type: 'done'; readonly id: number }
  | { readonly type: 'tokenized'; readonly id: number; readonly tokens: TokenView }
  /** A request failed; `reason` is a `RowlightError`'s, or `internal`. */
  | { readonly type: 'failed'; readonly id: number; readonly reason: Reason | 'internal'; readonly message: string }
  /** A model was loaded: which engine and device run it, and why not another. */
  | ({ readonly type: 'loaded'; readonly model: ModelRef; readonly milliseconds: number } & HostEngine);

/** A text as the model sees it. */
export interface TokenView {
  /** Tokens as text, special ones and `##` included, cut to the model's limit. */
  readonly tokens: readonly string[];
  /** UTF-16 start and end of each token in its own text, two numbers a token; 0, 0 for special ones. */
  readonly offsets: readonly number[];
  /** Whether the text was cut. */
  readonly truncated: boolean;
  /** Number of tokens without the cut, special ones included. */
  readonly total: number;
}

/** One end of the channel between server and host: a child process, `process` itself, or a pair in memory in tests. */
export interface Port<In, Out> {
  send(message: Out): void;
  onMessage(listener: (message: In) => void): void;
}
