import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseLabelNames } from '../data/labels';
import { RowlightError } from '../errors';
import { importModel } from '../import/import-model';
import { openSource } from '../import/source-folder';
import { TEMPORARY_SUFFIX, nodeFiles, renameDurably, rethrow, writeSynced } from '../node-files';
import { isClassifier } from '../model/config';
import { readModelConfig, readTokenizer } from '../model/model-folder';
import { freeBytes, inWords } from '../runs/disk';
import { tokenizerOf } from '../runs/load-classifier';
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

/**
 * `rowlight import SOURCE FOLDER`: a BERT from TensorFlow, torch or a zip as a folder that every command takes. The folder must be new or empty; it
 * appears whole or not at all.
 */
export async function importCommand(source: string, folder: string, options: ImportCommandOptions): Promise<void> {
  const { labels, config, vocab, tokenizer, cased, heads, verbose } = options;
  const there = await readdir(folder).catch(() => []);
  if (there.length > 0)
    throw new RowlightError('bad-argument', `${folder}: holds files already; give a new or an empty folder`);
  const log = stderrLog(verbose);
  const read = (path: string) => readFile(path).catch((error: unknown) => rethrow(error, path));
  const opened = await openSource(source);
  const target = resolve(folder);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}${TEMPORARY_SUFFIX}`);
  try {
    const files = await importModel(
      opened,
      {
        ...(labels !== undefined && { labels: parseLabelNames(new TextDecoder().decode(await read(labels))) }),
        ...(config !== undefined && { config: await read(config) }),
        ...(vocab !== undefined && { vocabulary: await read(vocab) }),
        ...(cased !== undefined && { cased }),
        characters: tokenizer === 'character',
        heads,
      },
      log,
    );
    const bytes = files.flatMap(({ parts }) => parts).reduce((sum, { length }) => sum + length, 0);
    const free = await freeBytes(target);
    if (free < bytes)
      throw new RowlightError('disk-full', `${folder}: needs ${inWords(bytes)}, and ${inWords(free)} are free`);
    await mkdir(temporary, { recursive: true });
    for (const { name, parts } of files) await writeSynced(join(temporary, name), parts);
    const { config: found } = await checked(temporary, source);
    await rmdir(target).catch(() => undefined);
    await renameDurably(temporary, target);
    const kind = isClassifier(found) ? `a classifier of ${found.labels?.length} labels` : 'a base model';
    log.info(`${folder}: ${kind}, ${found.layers} layers of ${found.hiddenSize}, ${inWords(bytes)}`);
  } finally {
    await opened.close();
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Reads what was written beside the weights as every command will, and whether vocabulary and weights fit; messages name the source. */
async function checked(folder: string, source: string) {
  try {
    const { config, rowlight } = await readModelConfig(nodeFiles, folder);
    tokenizerOf({ folder, config, tokenizer: await readTokenizer(nodeFiles, folder), ...(rowlight && { rowlight }) });
    return { config };
  } catch (error) {
    if (RowlightError.is(error)) throw new RowlightError(error.reason, error.message.replaceAll(folder, source));
    throw error;
  }
}
