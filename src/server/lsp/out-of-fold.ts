import { join } from 'node:path';
import type { FileColumns } from '../data/file-columns';
import type { Log } from '../env';
import { argmax } from '../inference/probabilities';
import type { TextInput } from '../inference/prediction';
import { setOf } from '../inference/set-prediction';
import { nodeFiles } from '../node-files';
import { readOutOfFold } from '../runs/crossval/read-out-of-fold';
import { CROSSVAL_FILE, readCrossval, type CrossvalRecord } from '../runs/crossval/record';
import { isFoldDone } from '../runs/crossval/fold';
import { runsFolder } from '../runs/list';
import { textHash } from '../runs/run-folder';
import type { Trust } from './trust';
import type { Workspace } from './workspace';

/** What the newest cross-validation that fits a file says of its texts, each by a model that was not trained on it. */
export interface OutOfFold {
  /** Another one where it says something else. */
  readonly id: string;
  readonly labels: ReadonlySet<string>;
  /** The most probable label of a text, or the cell of all that are given; undefined where the text was not among the rows. */
  of(input: TextInput): { readonly label: string; readonly probability: number } | undefined;
}

/** What out-of-fold predictions are found with. */
export interface OutOfFoldParts {
  readonly workspace: Workspace;
  readonly trust: Pick<Trust, 'granted'>;
  readonly log: Log;
}

/**
 * Looks for cross-validations among the runs of a file's workspace: the newest with the file's columns and a finished fold counts, so that one
 * under way helps as far as it has come. Undefined where there is none, and in Restricted Mode, where run folders are not looked into.
 */
export function createOutOfFold(
  parts: OutOfFoldParts,
): (uri: string, columns: FileColumns) => Promise<OutOfFold | undefined> {
  const { workspace, trust, log } = parts;
  /** Records never change, once written. */
  const records = new Map<string, Promise<CrossvalRecord | undefined>>();
  const read = new Map<string, Promise<OutOfFold | undefined>>();

  function recordOf(folder: string): Promise<CrossvalRecord | undefined> {
    let record = records.get(folder);
    if (!record) {
      record = readCrossval(folder).catch((error: unknown) => {
        log.warn('a cross-validation could not be read', { folder, error: String(error) });
        return undefined;
      });
      records.set(folder, record);
    }
    return record;
  }

  async function doneOf(folder: string, { heldOut }: CrossvalRecord): Promise<number[]> {
    const numbers = heldOut.map((_, fold) => fold + 1);
    const done = await Promise.all(numbers.map((number) => isFoldDone(folder, number)));
    return numbers.filter((_, fold) => done[fold]);
  }

  function answersOf(folder: string, done: readonly number[]): Promise<OutOfFold | undefined> {
    const id = `${folder}\0${done.join()}`;
    let answers = read.get(id);
    if (!answers) {
      answers = readOutOfFold(folder).then(
        ({ labels, multiLabel, probabilities }) => ({
          id,
          labels: new Set(labels),
          of({ text, textB }) {
            const own = probabilities.get(textHash(text, textB));
            if (own && multiLabel) return setOf(own, labels, multiLabel);
            const best = own ? argmax(own) : -1;
            const label = labels[best];
            return label === undefined ? undefined : { label, probability: own?.[best] ?? 0 };
          },
        }),
        (error: unknown) => {
          log.warn('out-of-fold predictions could not be read', { folder, error: String(error) });
          return undefined;
        },
      );
      read.set(id, answers);
      for (const old of read.keys()) if (read.size > 2) read.delete(old);
    }
    return answers;
  }

  return async (uri, columns) => {
    const root = trust.granted ? workspace.rootOf(uri) : undefined;
    if (root === undefined || columns.label === undefined) return undefined;
    const runs = runsFolder(root);
    const names = (await nodeFiles.exists(runs)) ? await nodeFiles.list(runs) : [];
    const folders: { readonly folder: string; readonly record: CrossvalRecord }[] = [];
    for (const name of names) {
      const folder = join(runs, name);
      if (!records.has(folder) && !(await nodeFiles.exists(join(folder, CROSSVAL_FILE)))) continue;
      const record = await recordOf(folder);
      if (record && fits(record, columns)) folders.push({ folder, record });
    }
    folders.sort((a, b) => (a.record.createdAt < b.record.createdAt ? 1 : -1));
    for (const { folder, record } of folders) {
      const done = await doneOf(folder, record);
      if (done.length > 0) return answersOf(folder, done);
    }
    return undefined;
  };
}

/** A cross-validation of cells with several labels is of no use where a file is read by one label a cell, and the other way round. */
function fits({ columns, multiLabel }: CrossvalRecord, { names, text, textB, label, delimiter }: FileColumns): boolean {
  if (multiLabel?.delimiter !== delimiter) return false;
  const name = (at: number | undefined): string | undefined => (at === undefined ? undefined : names[at]);
  return columns.text === name(text) && columns.textB === name(textB) && columns.label === name(label);
}
