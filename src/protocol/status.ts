import type { ServedStatus } from './server-access';

/** How the server is. The server sends a complete snapshot at each change; the client draws the last one. */
export interface ServerStatus {
  /** `ok`: working or idle; `warning`: something is off that the user may mend; `error`: predictions are off. */
  readonly health: 'ok' | 'warning' | 'error';
  /** Whether predictions are being computed or a model is being loaded. */
  readonly busy: boolean;
  /** One line for the log and the tooltip when `health` is not `ok`; English, since it may quote an error. */
  readonly message?: string;
  /** The server of `rowlight.server`, where a model of its is asked for. */
  readonly served?: ServedStatus;
  /** What runs models, once one was loaded. */
  readonly runBy?: RunBy;
  /** Every open data file by uri. */
  readonly files: Readonly<Record<string, FileStatus>>;
}

/** What runs models on this machine. */
export interface RunBy {
  /** `onnx` or `tensorflow` */
  readonly engine: string;
  /** The execution provider: `cpu`, `webgpu`, `cuda`, … */
  readonly device: string;
  /** Driver and memory of another device than the CPU, where they are known: `NVIDIA 580.159.04, 139.8 GiB`. */
  readonly hardware?: string;
  /** Why it is not what was asked for, or might be; English, since it may quote an error. */
  readonly note?: string;
}

/** A precision that may take float32's place: int8 on a CPU, float16 on a GPU. */
export type FasterDtype = 'int8' | 'float16';

/** What a model computes in instead of float32: how many times as fast that is, and the share of texts with the same label, 0 to 1. */
export interface FasterThanFloat32 {
  readonly dtype: FasterDtype;
  readonly speed: number;
  readonly agreement: number;
}

/** What predicts a file, or why nothing does. */
export type FileStatus =
  /** Predicted by `model` (a short name); `folder` is its folder, or its address on a server; `source` says which rule chose it. */
  | {
      readonly kind: 'predicting';
      readonly model: string;
      readonly folder: string;
      readonly source: ModelSource;
      readonly textColumn: string;
      readonly labelColumn: string;
      /** Where it does not compute in float32. */
      readonly faster?: FasterThanFloat32;
    }
  /** No model fits; what the file's own labelled rows tell predicts the others for the time being. */
  | {
      readonly kind: 'provisional';
      readonly method: ProvisionalMethod;
      /** The base model whose features a head reads. */
      readonly base?: string;
      /** Labelled rows that it is fitted on, and their different labels. */
      readonly rows: number;
      readonly labels: number;
      readonly textColumn: string;
      readonly labelColumn: string;
    }
  /** No finished run fits: fine-tune, or choose a model. */
  | {
      readonly kind: 'no-model';
      /** Whether no row had a label when that was decided. */
      readonly unlabelled: boolean;
    }
  /** It waits for the server of `rowlight.server`; `ServerStatus.served` says why. */
  | { readonly kind: 'server' }
  /** The model asked for can't be used; `message` names it and the remedy. */
  | { readonly kind: 'bad-model'; readonly message: string }
  /** The text or label column can't be told; `message` names the remedy. */
  | { readonly kind: 'no-columns'; readonly message: string }
  /** The file has more characters than Rowlight reads in an editor. */
  | { readonly kind: 'too-large'; readonly characters: number; readonly limit: number };

/** The rule that chose a file's model: the setting, Use Model, the server, the newest finished run, or a model that came with Rowlight. */
export type ModelSource = 'setting' | 'chosen' | 'server' | 'run' | 'bundled';

/** What predicts a file provisionally: a naive Bayes over its texts, or that together with a head on a base model's features of them. */
export type ProvisionalMethod = 'naive-bayes' | 'head';
