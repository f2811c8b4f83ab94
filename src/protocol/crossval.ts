import type { NotificationType, RequestType, RunPlan, RunProgress } from './messages';
import type { RunChoice } from './recipes';
import type { RunState } from './runs';
import { trainArguments } from './train-command';

/** What a cross-validation leaves to choose beside a run's own numbers. */
export interface CrossvalChoices {
  /** How many folds, 2 or more. */
  readonly folds: number;
  /** Whether every fold gets the same share of each label. */
  readonly stratified: boolean;
  /** The column whose values (an author, a document) keep rows in one fold. */
  readonly group?: string | undefined;
  /** A file to predict with the mean of all folds' models. */
  readonly test?: string | undefined;
}

/** A score of a cross-validation, of its models and of a naive Bayes on the same folds. */
export interface CrossvalScore {
  /** As the command line names it: `roc_auc`, `positive_f1`, `macro_f1`, … */
  readonly name: string;
  /** Over all rows at once; null where it is undefined. */
  readonly all: number | null;
  /** Mean and standard deviation over the folds. */
  readonly mean: number | null;
  readonly deviation: number | null;
  /** Of the naive Bayes, over all rows at once. */
  readonly floor: number | null;
}

/** How a cross-validation stands: a complete snapshot, so that a lost or late one does no harm. */
export interface CrossvalProgress {
  readonly id: string;
  readonly folder: string;
  readonly state: RunState;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Path of the data file as it was given. */
  readonly data: string;
  readonly folds: number;
  /** The folds' runs that have begun, in order. */
  readonly runs: readonly RunProgress[];
  /** An estimate for all folds together, while it runs. */
  readonly secondsLeft?: number;
  /** Once it has finished. */
  readonly result?: {
    readonly rows: number;
    readonly positive?: string;
    readonly scores: readonly CrossvalScore[];
    /** Every row as the model of its fold judges it: a TSV file. */
    readonly outOfFold: string;
  };
  /** Why it failed. */
  readonly message?: string;
}

/** Client → server: start a cross-validation in the folder that the plan names; answered when its process runs. */
export const StartCrossval: RequestType<
  {
    readonly uri: string;
    readonly plan: RunPlan;
    readonly arguments: RunChoice;
    readonly choices: CrossvalChoices;
  },
  { readonly folder: string }
> = { method: 'rowlight/startCrossval' };

/** Client → server: the cross-validations of all open workspaces, newest first. */
export const ListCrossvals: RequestType<null, readonly CrossvalProgress[]> = { method: 'rowlight/listCrossvals' };

/** Client → server: stop one after the step under way; it can be continued. */
export const CancelCrossval: RequestType<{ readonly folder: string }, null> = { method: 'rowlight/cancelCrossval' };

/** Client → server: go on with one that was stopped or interrupted; answered when its process runs. */
export const ContinueCrossval: RequestType<{ readonly folder: string }, null> = { method: 'rowlight/continueCrossval' };

/** Client → server: delete its folder with all folds' models, after the user confirmed it. Refused while it runs. */
export const DeleteCrossval: RequestType<{ readonly folder: string }, null> = { method: 'rowlight/deleteCrossval' };

/** Server → client: a cross-validation moved on, or (`gone`) its folder was deleted. */
export const CrossvalChanged: NotificationType<CrossvalProgress | { readonly gone: string }> = {
  method: 'rowlight/crossvalChanged',
};

/** The arguments of `rowlight` for a planned cross-validation: what the server starts, and what the form shows. */
export function crossvalArguments(plan: RunPlan, chosen: RunChoice, choices: CrossvalChoices): string[] {
  const [, ...training] = trainArguments(plan, chosen);
  const { folds, stratified, group, test } = choices;
  const own = ['--folds', String(folds), ...(stratified ? ['--stratified'] : [])];
  if (group !== undefined) own.push('--group', group);
  return ['crossval', ...training, ...own, ...(test === undefined ? [] : ['--test', test])];
}
