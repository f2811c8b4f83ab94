import { readFile } from 'node:fs/promises';
import { parseLabelNames } from '../data/labels';
import { RowlightError } from '../errors';
import { importModel } from '../import/import-model';
import { openSource } from '../import/source-folder';
import { nodeFiles, rethrow } from '../node-files';
import { isClassifier } from '../model/config';
import { readModelConfig, readTokenizer } from '../model/model-folder';
import { freeBytes, inWords } from '../runs/disk';
import { tokenizerOf } from '../runs/load-classifier';
import { requireEmpty, writeFolder } from './new-folder';
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
  await requireEmpty(folder);
  const log = stderrLog(verbose);
  const read = (path: string) => readFile(path).catch((error: unknown) => rethrow(error, path));
  const opened = await openSource(source);
  let what = '';
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
    const free = await freeBytes(folder);
    if (free < bytes)
      throw new RowlightError('disk-full', `${folder}: needs ${inWords(bytes)}, and ${inWords(free)} are free`);
    await writeFolder(folder, files, async (written) => {
      const found = await checked(written, source);
      const kind = isClassifier(found) ? `a classifier of ${found.labels?.length} labels` : 'a base model';
      what = `${kind}, ${found.layers} layers of ${found.hiddenSize}`;
    });
    log.info(`${folder}: ${what}, ${inWords(bytes)}`);
  } finally {
    await opened.close();
  }
}

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
