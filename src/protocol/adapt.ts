import type { RequestType, RunArguments } from './messages';
import type { Scores } from './runs';

/** Which rows of a file are learnt from in adapting a model to it. */
export type AdaptedRows = 'all' | 'unlabelled';

/** What an adaptation leaves to choose; `batchSize` counts sequences of `maxLength` tokens, into which texts are packed. */
export interface AdaptationChoices extends RunArguments {
  readonly rows: AdaptedRows;
  /** Share of the texts that judges, 0 to 0.5. */
  readonly heldOut: number;
  /** Files whose texts are not learnt from: test sets. */
  readonly leaveOut: readonly string[];
}

/** What adapting a model to a document would be. */
export interface AdaptationPlan {
  /** The data file. */
  readonly data: string;
  /** Folder of the model to adapt, and its name for people. */
  readonly base: string;
  readonly baseName: string;
  /** The run folder to make, and where prepared texts are kept. */
  readonly output: string;
  readonly cache: string;
  readonly textColumn: string;
  readonly labelColumn?: string;
  /** Rows with a text, and those of them without a label. */
  readonly texts: { readonly [Rows in AdaptedRows]: number };
  /** Files beside the data that are test sets by their names. */
  readonly testSets: readonly string[];
  /** What suits the base model and the number of texts. */
  readonly recommended: { readonly [Rows in AdaptedRows]: AdaptationChoices };
}

/** What an adaptation would take on this machine as it is now, from measured steps, and what it would read. */
export interface AdaptationEstimate {
  readonly totalSteps: number;
  readonly seconds: number;
  /** Bytes that its process will hold at most. */
  readonly peakMemory: number;
  /** Texts to learn from and to judge by; near-duplicates, and texts of test sets, that are left out. */
  readonly texts: number;
  readonly heldOut: number;
  readonly nearDuplicates: number;
  readonly leftOut: number;
}

/** Client → server: what adapting a model (another than Rowlight's own) to a document would be, to be confirmed. Fails with one line where there is no text. */
export const PlanAdaptation: RequestType<{ readonly uri: string; readonly base?: string }, AdaptationPlan> = {
  method: 'rowlight/planAdaptation',
};

/** Client → server: read the texts and measure steps in a process of its own. Cancelling the request ends that process. */
export const EstimateAdaptation: RequestType<
  { readonly uri: string; readonly plan: AdaptationPlan; readonly choices: AdaptationChoices },
  AdaptationEstimate
> = { method: 'rowlight/estimateAdaptation' };

/** Client → server: start the confirmed adaptation; answered when its process runs. `PretrainingChanged` tells how it goes. */
export const StartAdaptation: RequestType<
  { readonly uri: string; readonly plan: AdaptationPlan; readonly choices: AdaptationChoices },
  { readonly folder: string }
> = { method: 'rowlight/startAdaptation' };

/** The arguments of `rowlight` for a planned adaptation: what the server starts, and what the form shows. */
export function adaptationArguments(plan: AdaptationPlan, choices: AdaptationChoices): string[] {
  const { data, base, output, cache, textColumn, labelColumn } = plan;
  const { rows, epochs, learningRate, maxLength, batchSize, heldOut, leaveOut } = choices;
  const line = ['pretrain', data, '--base', base, '--output', output, '--cache', cache, '--text-column', textColumn];
  if (rows === 'unlabelled') {
    line.push('--rows', rows);
    if (labelColumn !== undefined) line.push('--label-column', labelColumn);
  }
  line.push('--epochs', String(epochs), '--learning-rate', String(learningRate));
  line.push('--lengths', String(maxLength), '--batch-size', String(batchSize), '--held-out', String(heldOut));
  // A variadic option: last, so that it takes nothing else in.
  return leaveOut.length === 0 ? line : [...line, '--leave-out', ...leaveOut];
}

/** A fine-tuned run as one half of a comparison. */
export interface ComparedRun {
  readonly folder: string;
  /** Of its best checkpoint, on the held-out rows that both share. */
  readonly scores: Scores;
}

/** Two models fine-tuned on the same data with the same numbers and seed: one from an adapted base, one from the base that was adapted. */
export interface AdaptationCounterpart {
  /** Name of the base that was adapted. */
  readonly plainBase: string;
  /** Both runs; where the one from the plain base is missing it can be made (`StartCounterpart`). */
  readonly pair?: { readonly plain: ComparedRun; readonly adapted: ComparedRun };
}

/** Client → server: with what a finished run is compared to see whether adapting its base helped the labels; null where that is no question. */
export const FindCounterpart: RequestType<{ readonly folder: string }, AdaptationCounterpart | null> = {
  method: 'rowlight/findCounterpart',
};

/** Client → server: do a finished run from an adapted base once more, from the base that was adapted; answered when its process runs. */
export const StartCounterpart: RequestType<{ readonly folder: string }, { readonly folder: string }> = {
  method: 'rowlight/startCounterpart',
};
