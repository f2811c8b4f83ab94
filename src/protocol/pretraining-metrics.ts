import type { Lineage, RunMetrics } from './metrics';
import type { PretrainingProgress } from './pretraining';
import type { FilledText } from './runs';

/** A point of the training curve: one step, or the mean of several where there are more than a picture can show. */
export interface PretrainingStepPoint {
  readonly step: number;
  /** Cross-entropy of the masked tokens in nats; null where it was no number. */
  readonly loss: number | null;
  /** The loss of the pair task, where there is one. */
  readonly pairLoss?: number | null;
  readonly learningRate: number;
  readonly tokensPerSecond: number;
}

/** How masked tokens of held-out documents were found at one step; null where it was no number. */
export interface MaskedPoint {
  readonly step: number;
  readonly accuracy: number | null;
  /** In nats; perplexity is its exponential. */
  readonly loss: number | null;
  /** Whether it is the checkpoint that holds as the best. */
  readonly best: boolean;
}

/** The texts with masks as they were filled in after the judgement of a step. */
export interface FilledStep {
  readonly step: number;
  readonly texts: readonly FilledText[];
}

/** What was read of a corpus, and what of it was left out. */
export interface CorpusCounts {
  readonly files: number;
  /** Documents to learn from and to judge by. */
  readonly documents: number;
  readonly heldOut: number;
  /** Documents left out: near-duplicates, and those that hold a text that was to be left out. */
  readonly nearDuplicates: number;
  readonly leftOut: number;
  readonly lines: number;
  /** Lines left out, by reason. */
  readonly junk: Readonly<Record<string, number>>;
  readonly characters: number;
  readonly tokens: number;
  /** Tokens of which the vocabulary knows nothing. */
  readonly unknown: number;
}

/** Everything there is to show of a run of pre-training: a complete snapshot. */
export interface PretrainingMetrics {
  readonly kind: 'pretraining';
  readonly run: PretrainingProgress;
  /** Version of Rowlight that began it; absent, as settings and corpus, while its corpus is read. */
  readonly rowlight?: string;
  /** Engine and device, as `onnx cpu`. */
  readonly device?: string;
  /** By their command-line names. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly corpus?: {
    readonly folder: string;
    /** SHA-256 of its manifest. */
    readonly sha256: string;
    /** Absent where its record does not have them. */
    readonly counts?: CorpusCounts | undefined;
  };
  readonly lineage: Pick<Lineage, 'git' | 'machine'>;
  readonly steps: readonly PretrainingStepPoint[];
  readonly judgements: readonly MaskedPoint[];
  /** The first, the last, and some between. */
  readonly filled: readonly FilledStep[];
  /** Words masked so far, and those of them that were masked as a whole. */
  readonly masked: { readonly words: number; readonly whole: number };
  /** One line: why what is shown is not what the folder holds now. */
  readonly problem?: string;
}

/** What a metrics page shows: a run of fine-tuning or one of pre-training. */
export type ShownMetrics = RunMetrics | PretrainingMetrics;

/** Whether it is one of pre-training. */
export function isPretraining(metrics: ShownMetrics): metrics is PretrainingMetrics {
  return 'kind' in metrics;
}
