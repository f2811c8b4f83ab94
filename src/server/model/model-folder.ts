import type { Files } from '../env';
import { RowlightError } from '../errors';
import type { TokenizerFiles } from '../tokenizer/tokenizer-files';
import { type AdapterBase, adapterFiles, readAdapterBase, readAdapters } from './adapter-folder';
import { CHECKPOINTS_FOLDER, POINTERS_FILE, parsePointers } from './checkpoint-pointers';
import { type BertConfig, configJson, parseConfig } from './config';
import { type Lora, mergeAdapters } from './lora';
import { type RowlightJson, parseRowlightJson } from './rowlight-json';
import { safetensorsParts } from './safetensors';
import { STAGES_FILE, lastStageWith, stageFolder } from './stage-folders';
import type { Weights } from './tensor-map';
import { ADAPTER_FILE, WEIGHTS_FILE, readWeights, weightFiles } from './weight-files';
import { CLASSIFIER, adoptWeights, expectedShapes, isHeadWeight } from './weights';

/** A Hugging Face model folder, read and checked. */
export interface ModelFolder {
  /** The folder read; of a run folder, its best checkpoint's. */
  readonly folder: string;
  readonly config: BertConfig;
  /** Under canonical names; float32 tensors are views of one buffer, so the whole file stays in memory while one is in use. */
  readonly weights: Weights;
  /** Names of head and classifier tensors that the file lacks (`fillFresh` makes them). */
  readonly fresh: readonly string[];
  /** Label names by id, where the model has a fitted classifier: what it predicts without further training. */
  readonly labels?: readonly string[];
  /** As they are on the disk: what `readTokenizerFiles` takes. `vocab.txt` or `tokenizer.json` is there. */
  readonly tokenizer: TokenizerFiles;
  readonly rowlight?: RowlightJson;
}

/** A file to write: its name within a folder, and its content as parts to be written one after another. */
export interface ModelFile {
  readonly name: string;
  readonly parts: readonly Uint8Array[];
}

/**
 * Reads a model folder, or the best checkpoint of a run folder. Throws a `RowlightError` whose one line names the file and says what to do:
 * `not-found`, `bad-model`, or `unsupported` for weights in another format. Runs nothing of what it reads.
 */
export async function loadModelFolder(files: Files, path: string): Promise<ModelFolder> {
  const folder = await resolveModelFolder(files, path);
  try {
    return await load(files, folder);
  } catch (error) {
    // A run that is under way may have put a better checkpoint in this one's place while it was read.
    const now = RowlightError.is(error, 'not-found') ? await resolveModelFolder(files, path) : folder;
    if (now === folder) throw error;
    return load(files, now);
  }
}

/**
 * The folder with the weights that `path` means: itself, or, for a run folder, its best checkpoint. A run in several stages has its last stage's
 * checkpoints in its own folder; before that has begun, the best one of the stage before counts.
 */
export async function resolveModelFolder(files: Files, path: string): Promise<string> {
  if (await files.exists(`${path}/config.json`)) return path;
  if (await files.exists(`${path}/${POINTERS_FILE}`)) {
    const { best } = parsePointers(await files.read(`${path}/${POINTERS_FILE}`), `${path}/${POINTERS_FILE}`);
    return `${path}/${CHECKPOINTS_FOLDER}/${best}`;
  }
  const stage = (await files.exists(`${path}/${STAGES_FILE}`)) && (await lastStageWith(files, path, POINTERS_FILE));
  if (stage) return resolveModelFolder(files, stageFolder(path, stage));
  if ((await files.exists(`${path}/run.json`)) || (await files.exists(`${path}/${STAGES_FILE}`))) {
    throw new RowlightError(
      'not-found',
      `${path}: this run has no checkpoint yet; wait for its first evaluation, or resume it`,
    );
  }
  const text = (await files.exists(path)) ? 'no model there (it has no config.json)' : 'no such folder';
  throw new RowlightError('not-found', `${path}: ${text}; give a Hugging Face BERT folder or a run folder`);
}

/** What a checkpoint is written from. */
export type SavedModel = Pick<ModelFolder, 'config' | 'weights' | 'tokenizer'> & {
  readonly labels: readonly string[];
  readonly rowlight: RowlightJson;
};

/**
 * The files of a self-contained folder that transformers opens as a `BertForSequenceClassification`: config, weights, tokenizer, `rowlight.json`.
 * `weights` must be complete (`fillFresh`), and must not change until the parts are written: they are views, not copies.
 */
export function modelFolderFiles(model: SavedModel): ModelFile[] {
  const complete: Weights = new Map();
  for (const [name, shape] of expectedShapes(model.config, model.labels.length)) {
    const weight = model.weights.get(name);
    if (String(weight?.shape) !== String(shape))
      throw new Error(`cannot be saved: "${name}" is missing or not [${shape.join(', ')}]`);
    complete.set(name, weight!);
  }
  return folderFiles(model, [{ name: WEIGHTS_FILE, parts: safetensorsParts(complete) }]);
}

/** The files of a folder with adapters alone, a few megabytes: `loadModelFolder` opens it where its base is. Views, as with `modelFolderFiles`. */
export function adapterFolderFiles(model: SavedModel, lora: Lora, base: AdapterBase): ModelFile[] {
  const rowlight = { ...model.rowlight, adapter: base };
  return folderFiles({ ...model, rowlight }, adapterFiles(model.config, lora, model.weights, base));
}

function folderFiles({ config, labels, tokenizer, rowlight }: SavedModel, weights: readonly ModelFile[]): ModelFile[] {
  const file = (name: string, content: string | Uint8Array | undefined): ModelFile[] =>
    content === undefined
      ? []
      : [{ name, parts: [typeof content === 'string' ? new TextEncoder().encode(content) : content] }];
  const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;
  return [
    ...file('config.json', json(configJson(config, labels))),
    ...weights,
    ...file('vocab.txt', tokenizer.vocabTxt),
    ...file('tokenizer.json', tokenizer.tokenizerJson),
    ...file('tokenizer_config.json', tokenizer.tokenizerConfigJson),
    ...file('rowlight.json', json(rowlight)),
  ];
}

/** What a model folder says of itself without its weights: `config.json` with the head that `rowlight.json` names, and that file. */
export async function readModelConfig(
  files: Files,
  folder: string,
): Promise<{ readonly config: BertConfig; readonly rowlight: RowlightJson | undefined }> {
  const at = (name: string) => `${folder}/${name}`;
  const found = await readIfThere(files, at('rowlight.json'));
  const rowlight = found && parseRowlightJson(found, at('rowlight.json'));
  const config = parseConfig(await files.read(at('config.json')), at('config.json'));
  return { config: { ...config, head: rowlight?.head ?? 'cls' }, rowlight };
}

async function load(files: Files, folder: string): Promise<ModelFolder> {
  if (await isAdapterFolder(files, folder)) {
    const { config, weights, ...rest } = await loadAdapterFolder(files, folder);
    const { lora, ...plain } = config;
    return { ...rest, config: plain, weights: mergeAdapters(weights, plain, lora) };
  }
  const { config, rowlight } = await readModelConfig(files, folder);
  const tokenizer = await readTokenizer(files, folder);
  const found = (await readWeights(files, folder)) ?? (await explainMissingWeights(files, folder));
  const { weights, fresh, labelCount } = adoptWeights(found.weights, config, found.file);
  const labels = labelCount === undefined ? undefined : classifierLabels(config, labelCount, folder);
  return {
    folder,
    config,
    weights,
    fresh,
    ...(labels ? { labels } : {}),
    tokenizer,
    ...(rowlight ? { rowlight } : {}),
  };
}

async function isAdapterFolder(files: Files, folder: string): Promise<boolean> {
  return (await weightFiles(files, folder)).length === 0 && (await files.exists(`${folder}/${ADAPTER_FILE}`));
}

/** Adapters upon their base, side by side, as training goes on with them. Rejects as `loadModelFolder` does. */
export async function loadAdapterFolder(
  files: Files,
  folder: string,
): Promise<ModelFolder & { readonly config: BertConfig & { readonly lora: Lora } }> {
  const { config, rowlight } = await readModelConfig(files, folder);
  if (rowlight?.adapter === undefined) {
    throw new RowlightError(
      'unsupported',
      `${folder}: has ${ADAPTER_FILE}, and no rowlight.json that names its base; merge it with PEFT: merge_and_unload(), then save_pretrained(folder)`,
    );
  }
  const adapters = await readAdapters(files, folder, config);
  const found = await readAdapterBase(files, folder, rowlight.adapter);
  const { config: baseConfig } = await readModelConfig(files, found.folder);
  const base = adoptWeights(found.weights, baseConfig, found.file).weights;
  // The base's own head gives way to the one that was trained.
  const weights: Weights = new Map([...base].filter(([name]) => !isHeadWeight(name)));
  for (const [name, weight] of adapters.weights) weights.set(name, weight);
  return {
    folder,
    config: { ...config, lora: adapters.lora },
    weights,
    fresh: [],
    labels: classifierLabels(config, adapters.labelCount, folder),
    tokenizer: await readTokenizer(files, folder),
    rowlight,
  };
}

function classifierLabels(config: BertConfig, count: number, folder: string): readonly string[] {
  // transformers names the labels so where a configuration does not.
  const labels = config.labels ?? Array.from({ length: count }, (_, id) => `LABEL_${id}`);
  if (labels.length === count) return labels;
  throw new RowlightError(
    'bad-model',
    `${folder}/config.json: id2label has ${labels.length} labels, and "${CLASSIFIER[0]}" of the weights has ${count} rows`,
  );
}

/** Reads the tokenizer's files of a model folder. Rejects with reason `not-found` where it has none, `bad-model` where they are no text. */
export async function readTokenizer(files: Files, folder: string): Promise<TokenizerFiles> {
  const text = async (name: string) => {
    const bytes = await readIfThere(files, `${folder}/${name}`);
    if (!bytes) return undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw new RowlightError('bad-model', `${folder}/${name}: not in UTF-8`);
    }
  };
  const vocabTxt = await readIfThere(files, `${folder}/vocab.txt`);
  const tokenizerJson = await text('tokenizer.json');
  const tokenizerConfigJson = await text('tokenizer_config.json');
  if (vocabTxt === undefined && tokenizerJson === undefined) {
    throw new RowlightError(
      'not-found',
      `${folder}: has neither vocab.txt nor tokenizer.json; copy them from where the model came from`,
    );
  }
  return { vocabTxt, tokenizerJson, tokenizerConfigJson };
}

async function readIfThere(files: Files, path: string): Promise<Uint8Array | undefined> {
  return (await files.exists(path)) ? files.read(path) : undefined;
}

async function explainMissingWeights(files: Files, folder: string): Promise<never> {
  const names = await files.list(folder);
  const other = names.find((name) => /^pytorch_model.*\.bin$|\.ckpt\b|^tf_model\.h5$|^flax_model\.msgpack$/.test(name));
  if (other) {
    const remedy = /\.(bin|index|ckpt\S*)$/.test(other)
      ? `make it one: rowlight import ${folder} FOLDER`
      : 'convert it with transformers: from_pretrained(folder), then save_pretrained(folder)';
    throw new RowlightError(
      'unsupported',
      `${folder}: has ${other} only, and Rowlight reads model.safetensors; ${remedy}`,
    );
  }
  throw new RowlightError('not-found', `${folder}: has no model.safetensors; copy or download the model again`);
}
