import { RowlightError } from '../errors';
import type { EncoderModel } from '../inference/encoder';
import type { MultiLabel } from '../data/multi-label';
import type { ClassifierModel } from '../inference/predictor';
import type { BertConfig } from '../model/config';
import type { RowlightJson } from '../model/rowlight-json';
import { type ModelFolder, loadModelFolder } from '../model/model-folder';
import { nodeFiles } from '../node-files';
import { createTokenizer } from '../tokenizer/tokenizer';
import { readTokenizerFiles } from '../tokenizer/tokenizer-files';

/** Length limit where neither an argument nor the model's own files state one: BERT's `max_seq_length` default. */
export const DEFAULT_MAX_LENGTH = 128;

/** What stands between the labels of a cell where nobody says otherwise: seldom part of a label, and no separator of columns. */
export const DEFAULT_DELIMITER = '|';

/** A fitted classifier from the disk. */
export interface LoadedClassifier {
  readonly model: ClassifierModel;
  readonly folder: ModelFolder;
  /** How rows hold several labels, for a model that gives them. */
  readonly multiLabel?: MultiLabel;
}

/** Loads a model that predicts: a Hugging Face folder with a classifier, or a run folder. Rejects with reason `bad-model` where it has none. */
export async function loadClassifier(path: string): Promise<LoadedClassifier> {
  const folder = await loadModelFolder(nodeFiles, path);
  if (folder.labels === undefined || folder.fresh.length > 0) {
    throw new RowlightError(
      'bad-model',
      `${path}: this model has no fitted classifier; fine-tune it first (rowlight train DATA --base ${path})`,
    );
  }
  const temperature = folder.rowlight?.calibration?.temperature;
  // A model from elsewhere says nothing of cells.
  const multiLabel = folder.config.multiLabel
    ? (folder.rowlight?.multiLabel ?? { delimiter: DEFAULT_DELIMITER })
    : undefined;
  return {
    folder,
    ...(multiLabel === undefined ? {} : { multiLabel }),
    model: {
      config: folder.config,
      weights: folder.weights,
      labels: folder.labels,
      ...(temperature === undefined ? {} : { temperature }),
      ...(multiLabel === undefined ? {} : { delimiter: multiLabel.delimiter }),
      ...tokenizerOf(folder),
    },
  };
}

/**
 * Loads a model for what it makes of texts: a base model, or a run folder; a classifier of its own plays no part.
 * @param maxLength tokens that are read of a text, where it is not the model's own limit
 */
export async function loadEncoder(path: string, maxLength?: number): Promise<EncoderModel> {
  const folder = await loadModelFolder(nodeFiles, path);
  return { config: folder.config, weights: folder.weights, ...tokenizerOf(folder, maxLength) };
}

/** The tokenizer of a model and the length limit to use with it. */
export function tokenizerOf(
  folder: Pick<ModelFolder, 'folder' | 'tokenizer' | 'config' | 'rowlight'>,
  wanted?: number,
): Pick<ClassifierModel, 'tokenizer' | 'maxLength'> {
  const { vocabulary, config } = readTokenizerFiles(folder.tokenizer, folder.folder);
  const tokenizer = createTokenizer(vocabulary, config);
  if (tokenizer.vocabularySize > folder.config.vocabSize) {
    throw new RowlightError(
      'bad-model',
      `${folder.folder}: the vocabulary has ${tokenizer.vocabularySize} entries, the weights only ${folder.config.vocabSize}; they belong to different models`,
    );
  }
  const { maxPositions } = folder.config;
  if (wanted !== undefined && wanted > maxPositions) {
    throw new RowlightError(
      'bad-argument',
      `--max-length ${wanted}: ${folder.folder} reads at most ${maxPositions} tokens`,
    );
  }
  return { tokenizer, maxLength: lengthLimit(folder.config, folder.rowlight, wanted) };
}

/** How many tokens of a text a model reads, special ones included: what is `wanted`, else what its files state, within its positions. */
export function lengthLimit(
  { maxPositions }: Pick<BertConfig, 'maxPositions'>,
  rowlight: RowlightJson | undefined,
  wanted?: number,
): number {
  return Math.min(
    maxPositions,
    wanted ?? rowlight?.maxLength ?? rowlight?.recommended?.maxLength ?? DEFAULT_MAX_LENGTH,
  );
}
