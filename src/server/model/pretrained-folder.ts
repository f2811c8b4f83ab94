import type { Files } from '../env';
import { type TokenizerFiles, readTokenizerFiles } from '../tokenizer/tokenizer-files';
import { WORD_EMBEDDINGS } from './bert';
import { type BertConfig, configJson } from './config';
import { type ModelFile, type ModelFolder, loadModelFolder } from './model-folder';
import { headShapes, headWeights } from './pretraining-heads';
import type { RowlightJson } from './rowlight-json';
import { safetensorsParts } from './safetensors';
import type { Weight, Weights } from './tensor-map';
import { WEIGHTS_FILE, readWeights } from './weight-files';
import { expectedShapes, fillFresh, isHeadWeight } from './weights';

/** A model as it is pre-trained: the encoder and the heads of pre-training. */
export interface PretrainedModel {
  readonly folder: ModelFolder;
  /** Under canonical names and in canonical order, complete. */
  readonly weights: Weights;
}

/** How a model is read for pre-training. */
export interface PretrainingStart {
  /** Whether there is a head for pairs. */
  readonly pairs: boolean;
  /** Whether all weights are made anew, so that the folder gives shape and vocabulary alone. */
  readonly fresh: boolean;
  /** Another vocabulary than the folder's; of a fresh start alone. */
  readonly tokenizer?: TokenizerFiles;
  /** Uniform numbers in [0, 1), for what is made anew. */
  readonly random: () => number;
}

/**
 * Reads a model folder for pre-training. Heads that it lacks are made anew; a classifier of its own plays no part. Rejects as `loadModelFolder` does.
 */
export async function loadForPretraining(
  files: Files,
  path: string,
  { pairs, fresh, tokenizer, random }: PretrainingStart,
): Promise<PretrainedModel> {
  const found = await loadModelFolder(files, path);
  const folder = withTokenizer({ ...found, config: { ...found.config, head: 'cls' } }, tokenizer);
  const raw = fresh ? undefined : (await readWeights(files, folder.folder))?.weights;
  const given = fresh ? new Map<string, Weight>() : found.weights;
  const encoder = [...fillFresh(given, folder.config, 1, random)].filter(([name]) => !isHeadWeight(name));
  if (fresh) zeroPadding(encoder, folder.config);
  const heads = headWeights(new Map([...(raw ?? []), ...given]), folder.config, pairs, random);
  return { folder, weights: new Map([...encoder, ...heads]) };
}

function withTokenizer(folder: ModelFolder, tokenizer: TokenizerFiles | undefined): ModelFolder {
  if (tokenizer === undefined) return folder;
  const { vocabulary } = readTokenizerFiles(tokenizer, folder.folder);
  const { tokens, padId } = vocabulary;
  return { ...folder, tokenizer, config: { ...folder.config, vocabSize: tokens.length, padTokenId: padId } };
}

/** The row of `[PAD]` starts at zero, as torch's embedding with a padding index does. */
function zeroPadding(encoder: readonly (readonly [string, Weight])[], { padTokenId, hiddenSize: H }: BertConfig): void {
  const table = encoder.find(([name]) => name === WORD_EMBEDDINGS)![1];
  table.data.fill(0, padTokenId * H, (padTokenId + 1) * H);
}

/**
 * The files of a folder that transformers opens as `BertForMaskedLM`, or as `BertForPreTraining` with a head for pairs; the tied output layer is not
 * written twice. Views of the weights, not copies.
 */
export function pretrainedFolderFiles(
  config: BertConfig,
  weights: Weights,
  pairs: boolean,
  tokenizer: TokenizerFiles,
  rowlight: RowlightJson,
): ModelFile[] {
  const shapes = new Map(
    [...expectedShapes({ ...config, head: 'cls' }), ...headShapes(config, pairs)].filter(
      ([name]) => pairs || !name.startsWith('bert.pooler.'),
    ),
  );
  const complete: Weights = new Map();
  for (const [name, shape] of shapes) {
    const weight = weights.get(name);
    if (String(weight?.shape) !== String(shape)) throw new Error(`cannot be saved: "${name}" is missing or misshapen`);
    complete.set(name, weight!);
  }
  // What only a classifier has.
  const ofClassifiers = ['id2label', 'label2id', 'problem_type', 'classifier_dropout'];
  const keys = Object.entries(configJson(config, [])).filter(([key]) => !ofClassifiers.includes(key));
  const json = { ...Object.fromEntries(keys), architectures: [pairs ? 'BertForPreTraining' : 'BertForMaskedLM'] };
  const text = (name: string, content: string | Uint8Array | undefined): ModelFile[] =>
    content === undefined
      ? []
      : [{ name, parts: [typeof content === 'string' ? new TextEncoder().encode(content) : content] }];
  return [
    ...text('config.json', `${JSON.stringify(json, undefined, 2)}\n`),
    { name: WEIGHTS_FILE, parts: safetensorsParts(complete) },
    ...text('vocab.txt', tokenizer.vocabTxt),
    ...text('tokenizer.json', tokenizer.tokenizerJson),
    ...text('tokenizer_config.json', tokenizer.tokenizerConfigJson),
    ...text('rowlight.json', `${JSON.stringify(rowlight, undefined, 2)}\n`),
  ];
}
