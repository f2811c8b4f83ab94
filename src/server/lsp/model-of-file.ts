import type { ModelSource } from '../../protocol/status';
import { splitLabels } from '../data/multi-label';

/** What is known of a model without loading its weights. */
export interface ModelCard {
  /** The folder that was named: a model's, or a run's. */
  readonly folder: string;
  /** The checkpoint to load; differs from `folder` for a run. */
  readonly checkpoint: string;
  /** Of a model that a server answers for: where its routes begin. Its folders are then addresses, and nothing of it can be read here. */
  readonly server?: string;
  /** Tokens that it reads, as its server says. */
  readonly maxLength?: number;
  /** Short name for people. */
  readonly name: string;
  /** Identity of its weights (`ModelRef.id`). */
  readonly id: string;
  /** Labels in the model's order; empty for a base model without a classifier. */
  readonly labels: readonly string[];
  /** Of a model of several labels a text: what stands between them in a cell. */
  readonly delimiter?: string;
  /** Names of the columns it was trained on, where that is recorded. */
  readonly columns: { readonly text: string; readonly label: string; readonly textB?: string } | undefined;
}

/** A data file as the choice sees it. */
export interface FileFacts {
  /** Column names of the header; generated ones for a headerless file. */
  readonly columns: readonly string[];
  /** The distinct labels in its label column. */
  readonly labels: ReadonlySet<string>;
}

/** The candidates, each list best first. A failure is a message that names the folder and the remedy. */
export interface Candidates {
  /** What the setting `rowlight.model` names. */
  readonly setting?: ModelCard | { readonly failure: string };
  /** What Use Model chose for the file. */
  readonly chosen?: ModelCard | { readonly failure: string };
  /** The model of the server that `rowlight.server` names. */
  readonly served?: ModelCard;
  /** Finished runs of the workspace, newest first. */
  readonly runs: readonly ModelCard[];
  /** Fitted models that come with Rowlight. */
  readonly bundled: readonly ModelCard[];
}

/** The model of a file, none, or why the one asked for can't be it. */
export type Choice =
  | { readonly kind: 'model'; readonly card: ModelCard; readonly source: ModelSource }
  | { readonly kind: 'bad'; readonly message: string }
  | { readonly kind: 'none' };

/**
 * The model that predicts a file: the setting's, else the one chosen for it, else that of the server, else the newest finished run whose columns are in the file and
 * whose labels cover the file's, else a model that came with Rowlight under the same condition (so that the samples show predictions at the
 * first open), else none. One that was asked for is taken even if it knows fewer labels than the file, but never one that knows none of
 * them; nothing else silently takes its place. The server's was named for the machine and not for this file: it is passed over where it is not meant
 * for such a file (`serves`), whose rows it must not be sent then.
 */
export function chooseModel(file: FileFacts, candidates: Candidates): Choice {
  for (const source of ['setting', 'chosen'] as const) {
    const card = candidates[source];
    if (!card) continue;
    if ('failure' in card) return { kind: 'bad', message: card.failure };
    const message = whyNot(file, card);
    return message === undefined ? { kind: 'model', card, source } : { kind: 'bad', message };
  }
  const { served } = candidates;
  if (served && serves(file, served)) return { kind: 'model', card: served, source: 'server' };
  for (const [source, cards] of [
    ['run', candidates.runs],
    ['bundled', candidates.bundled],
  ] as const) {
    const card = cards.find((one) => fits(file, one));
    if (card) return { kind: 'model', card, source };
  }
  return { kind: 'none' };
}

/** Whether the server's model is meant for such a file: it knows a label of it; where there is none yet, its columns, if they are recorded, are there. */
function serves(file: FileFacts, card: ModelCard): boolean {
  if (file.labels.size > 0) return whyNot(file, card) === undefined;
  const names = Object.values(card.columns ?? {});
  return card.labels.length > 0 && names.every((name) => file.columns.includes(name));
}

/** Whether a model that nobody asked for may predict a file. */
function fits(file: FileFacts, card: ModelCard): boolean {
  if (card.labels.length === 0 || !card.columns) return false;
  const { text, label, textB } = card.columns;
  const needed = textB === undefined ? [text, label] : [text, label, textB];
  if (!needed.every((name) => file.columns.includes(name))) return false;
  const known = new Set(card.labels);
  return [...labelsOf(file, card)].every((name) => known.has(name));
}

/** The labels of a file as a model reads its cells. */
function labelsOf({ labels }: FileFacts, { delimiter }: ModelCard): ReadonlySet<string> {
  return delimiter === undefined ? labels : new Set([...labels].flatMap((cell) => splitLabels(cell, { delimiter })));
}

/** Why a model that was asked for can't predict a file; undefined if it can. */
function whyNot(file: FileFacts, card: ModelCard): string | undefined {
  if (card.labels.length === 0) return `${card.name} is a base model without labels; fine-tune it first.`;
  const known = new Set(card.labels);
  if (file.labels.size > 0 && ![...labelsOf(file, card)].some((name) => known.has(name)))
    return `${card.name} knows none of this file's labels; choose another model or fine-tune one.`;
  return undefined;
}
