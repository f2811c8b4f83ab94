import { readFile } from 'node:fs/promises';
import { isUnnamed } from '../../protocol/label-names';
import { parseLabelNames } from '../data/labels';
import { RowlightError } from '../errors';
import { importModel } from '../import/import-model';
import { freePlace } from '../import/models-home';
import { openSource } from '../import/source-folder';
import { nodeFiles, rethrow } from '../node-files';
import { isClassifier } from '../model/config';
import { type ModelFile, readModelConfig, readTokenizer } from '../model/model-folder';
import { freeBytes, inWords } from '../runs/disk';
import { tokenizerOf } from '../runs/load-classifier';
import { askLabels } from './ask-labels';
import { byteProgress } from './byte-progress';
import { requireEmpty, writeFolder } from './new-folder';
import { stopSignal } from './stop-signal';
import { stderrLog } from './world';

/** What `rowlight import` takes beside source and folder. */
export interface ImportCommandOptions {
  readonly labels?: string;
  readonly config?: string;
  readonly vocab?: string;
  readonly tokenizer: 'wordpiece' | 'character';
  readonly cased?: boolean;
  readonly heads: boolean;
  readonly verbose: boolean;
}

/** What came of an import. */
export interface Imported {
  readonly folder: string;
  /** Labels of its classifier; 0 where it is a base. */
  readonly labels: number;
  /** Whether they have no names yet. */
  readonly unnamed: boolean;
}

/**
 * `rowlight import SOURCE [FOLDER]`: a BERT from TensorFlow, torch or a zip as a folder that every command takes; without FOLDER, among the models that
 * the editor offers. The folder must be new or empty; it appears whole or not at all.
 */
export async function importCommand(
  source: string,
  folder: string | undefined,
  options: ImportCommandOptions,
): Promise<Imported> {
  if (folder !== undefined) await requireEmpty(folder);
  const opened = await openSource(source);
  const target = folder ?? (await freePlace(opened.name));
  const { signal, release } = stopSignal();
  const progress = byteProgress();
  const log = stderrLog(options.verbose);
  /** Half of the work is to read, half to write. */
  const told = (half: 0 | 1) => (done: number, total: number) => {
    if (signal.aborted) throw new RowlightError('cancelled', `${source}: stopped; nothing was written`);
    progress.update({ done: done + half * total, total: 2 * total, what: half === 0 ? 'reading' : 'writing' });
  };
  let found: Awaited<ReturnType<typeof checked>> | undefined;
  try {
    const ask = async (count: number) => (progress.clear(), askLabels(count));
    const files = await importModel(opened, await read(options), { log, onRead: told(0), askLabels: ask });
    const bytes = sizeOf(files);
    const free = await freeBytes(target);
    if (free < bytes)
      throw new RowlightError('disk-full', `${target}: needs ${inWords(bytes)}, and ${inWords(free)} are free`);
    await writeFolder(target, files, {
      onWritten: (done) => told(1)(done, bytes),
      check: async (written) => void (found = await checked(written, source)),
    });
    progress.clear();
    const labels = found && isClassifier(found) ? (found.labels ?? []) : [];
    const kind = labels.length > 0 ? `a classifier of ${labels.length} labels` : 'a base model';
    log.info(`${target}: ${kind}, ${found?.layers} layers of ${found?.hiddenSize}, ${inWords(bytes)}`);
    return { folder: target, labels: labels.length, unnamed: isUnnamed(labels) };
  } finally {
    progress.clear();
    release();
    await opened.close();
  }
}

/** The files that options name. */
async function read({ labels, config, vocab, tokenizer, cased, heads }: ImportCommandOptions) {
  const content = (path: string) => readFile(path).catch((error: unknown) => rethrow(error, path));
  return {
    ...(labels !== undefined && { labels: parseLabelNames(new TextDecoder().decode(await content(labels))) }),
    ...(config !== undefined && { config: await content(config) }),
    ...(vocab !== undefined && { vocabulary: await content(vocab) }),
    ...(cased !== undefined && { cased }),
    characters: tokenizer === 'character',
    heads,
  };
}

const sizeOf = (files: readonly ModelFile[]): number =>
  files.flatMap(({ parts }) => parts).reduce((sum, { length }) => sum + length, 0);

/** Reads what was written beside the weights as every command will, and whether vocabulary and weights fit; messages name the source. */
async function checked(folder: string, source: string) {
  try {
    const { config, rowlight } = await readModelConfig(nodeFiles, folder);
    tokenizerOf({ folder, config, tokenizer: await readTokenizer(nodeFiles, folder), ...(rowlight && { rowlight }) });
    return config;
  } catch (error) {
    if (RowlightError.is(error)) throw new RowlightError(error.reason, error.message.replaceAll(folder, source));
    throw error;
  }
}
