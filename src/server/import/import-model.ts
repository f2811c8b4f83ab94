import { z } from 'zod';
import { isUnnamed } from '../../protocol/label-names';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { parseConfig } from '../model/config';
import type { ModelFile } from '../model/model-folder';
import { safetensorsParts } from '../model/safetensors';
import type { Weights } from '../model/tensor-map';
import { CLASSIFIER, adoptWeights } from '../model/weights';
import { parseJson } from '../parse-json';
import { CHARACTER_TOKENIZER } from '../tokenizer/characters';
import { parseVocabulary } from '../tokenizer/vocabulary';
import { type FoundTensors, readTensors } from './read-tensors';
import type { SourceFolder } from './source-folder';

/** What the user says of a model that its files do not. */
export interface ImportOptions {
  /** Names of the classifier's labels, by id. */
  readonly labels?: readonly string[];
  /** Whether the heads of pre-training (masked words, next sentence) are kept. */
  readonly heads: boolean;
  /** Whether upper and lower case are told apart; without it, the vocabulary tells. */
  readonly cased?: boolean;
  /** Whether it was trained on characters. */
  readonly characters: boolean;
  /** `bert_config.json` and `vocab.txt` of another folder: run_classifier.py leaves them with the base. */
  readonly config?: Uint8Array;
  readonly vocabulary?: Uint8Array;
}

/** Who is told, and asked, during an import. */
export interface ImportWorld {
  readonly log: Log;
  /** Told after each tensor how many bytes of all have been read; what it throws ends the import. */
  readonly onRead?: (done: number, total: number) => void;
  /** Asked for the names of labels that have none; undefined where they stay without. */
  readonly askLabels?: (count: number) => Promise<readonly string[] | undefined>;
}

const LARGEST_JSON = 64 * 2 ** 20;

/** Buffers that older files carry beside the weights. */
const BUFFER = /(^|\.)(position_ids|token_type_ids)$/;

/**
 * A BERT from elsewhere as the files of a folder of Hugging Face's: read, renamed, and checked by name and shape; nothing is left out or made up in silence.
 * @throws RowlightError whose line names the file and the tensor
 */
export async function importModel(
  folder: SourceFolder,
  options: ImportOptions,
  world: ImportWorld,
): Promise<ModelFile[]> {
  const { log, onRead } = world;
  const found = await readTensors(folder);
  const json = await readConfig(folder, options.config, found);
  const config = parseConfig(JSON.stringify(json), `${folder.label}/config.json`);
  const { weights, heads } = await readWeights(found, options.heads, onRead);
  const adopted = adoptWeights(weights, config, found.file);
  const labels =
    adopted.labelCount === undefined ? undefined : await nameLabels(adopted.labelCount, config.labels, options, world);
  if (labels === undefined && options.labels !== undefined)
    throw new RowlightError('bad-argument', `--labels: ${found.file} has no classifier ("${CLASSIFIER[0]}")`);
  const tokenizer = await readTokenizerOf(folder, options, found.tensorflow, config.maxPositions, log);
  const complete: Weights = new Map([...adopted.weights, ...heads]);
  const named = labels && {
    id2label: { ...labels },
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  };
  const file = (name: string, content: Uint8Array | object): ModelFile => ({
    name,
    parts: [
      content instanceof Uint8Array ? content : new TextEncoder().encode(`${JSON.stringify(content, undefined, 2)}\n`),
    ],
  });
  return [
    file('config.json', { ...json, architectures: [architecture(labels !== undefined, heads)], ...named }),
    ...tokenizer.map(([name, content]) => file(name, content)),
    ...(folder.names.includes('rowlight.json')
      ? [file('rowlight.json', await folder.read('rowlight.json', LARGEST_JSON))]
      : []),
    // Last: a folder is a model once it has them.
    { name: 'model.safetensors', parts: safetensorsParts(complete) },
  ];
}

async function readConfig(
  folder: SourceFolder,
  given: Uint8Array | undefined,
  { tensorflow }: FoundTensors,
): Promise<Record<string, unknown>> {
  const name = ['bert_config.json', 'config.json'].find((one) => folder.names.includes(one));
  if (given === undefined && name === undefined) {
    const remedy = tensorflow ? '; run_classifier.py leaves it with the base model: name it with --config' : '';
    throw new RowlightError(
      'not-found',
      `${folder.label}: has no ${tensorflow ? 'bert_config.json' : 'config.json'}${remedy}`,
    );
  }
  const bytes = given ?? (await folder.read(name!, LARGEST_JSON));
  const json = parseJson(bytes, z.record(z.string(), z.unknown()), given ? '--config' : `${folder.label}/${name}`);
  // google-research/bert has one kind of model and doesn't name it.
  return tensorflow ? { model_type: 'bert', ...json } : json;
}

/** The encoder's and the classifier's weights, and those of pre-training's heads where they are wanted. */
async function readWeights(
  { tensors }: FoundTensors,
  wanted: boolean,
  onRead: ImportWorld['onRead'],
): Promise<{ weights: Weights; heads: Weights }> {
  const weights: Weights = new Map();
  const heads: Weights = new Map();
  const isHead = (name: string) => /^cls\./.test(name);
  const kept = [...tensors].filter(([name]) => !BUFFER.test(name) && (wanted || !isHead(name)));
  const bytes = ({ shape }: { readonly shape: readonly number[] }) => 4 * shape.reduce((size, axis) => size * axis, 1);
  const total = kept.reduce((sum, [, tensor]) => sum + bytes(tensor), 0);
  let done = 0;
  for (const [name, tensor] of kept) {
    (isHead(name) ? heads : weights).set(name, { shape: tensor.shape, data: await tensor.read() });
    onRead?.((done += bytes(tensor)), total);
  }
  return { weights, heads };
}

async function nameLabels(
  count: number,
  own: readonly string[] | undefined,
  { labels }: ImportOptions,
  { log, askLabels }: ImportWorld,
): Promise<readonly string[]> {
  const names = labels ?? own ?? Array.from({ length: count }, (_, id) => `LABEL_${id}`);
  if (names.length !== count)
    throw new RowlightError(
      'bad-argument',
      `${labels ? '--labels' : 'config.json'}: ${names.length} names, and the classifier has ${count} labels`,
    );
  if (new Set(names).size !== count) throw new RowlightError('bad-argument', '--labels: two labels have the same name');
  if (!isUnnamed(names)) return names;
  const asked = await askLabels?.(count);
  if (asked === undefined)
    log.warn(`its ${count} labels have no names; --labels FILE gives them, one a line in the order of their ids`);
  return asked ?? names;
}

function architecture(classifies: boolean, heads: Weights): string {
  if (classifies) return 'BertForSequenceClassification';
  const nextSentence = [...heads.keys()].some((name) => name.startsWith('cls.seq_relationship.'));
  return heads.size === 0 ? 'BertModel' : nextSentence ? 'BertForPreTraining' : 'BertForMaskedLM';
}

/** The tokenizer's files, with what the user or the vocabulary says about upper and lower case. */
async function readTokenizerOf(
  folder: SourceFolder,
  { vocabulary, cased, characters }: ImportOptions,
  tensorflow: boolean,
  maxPositions: number,
  log: Log,
): Promise<[string, Uint8Array | object][]> {
  const has = (name: string) => folder.names.includes(name);
  const read = (name: string) => folder.read(name, LARGEST_JSON);
  const vocabTxt = vocabulary ?? (has('vocab.txt') ? await read('vocab.txt') : undefined);
  if (vocabTxt === undefined && (characters || tensorflow || !has('tokenizer.json'))) {
    const remedy = tensorflow ? '; run_classifier.py leaves it with the base model: name it with --vocab' : '';
    throw new RowlightError('not-found', `${folder.label}: has no vocab.txt${remedy}`);
  }
  const files: [string, Uint8Array | object][] = vocabTxt ? [['vocab.txt', vocabTxt]] : [];
  if (characters)
    return [
      ...files,
      ['tokenizer_config.json', { tokenizer_class: CHARACTER_TOKENIZER, model_max_length: maxPositions }],
    ];
  if (has('tokenizer.json') && vocabulary === undefined) files.push(['tokenizer.json', await read('tokenizer.json')]);
  if (has('tokenizer_config.json') && cased === undefined)
    return [...files, ['tokenizer_config.json', await read('tokenizer_config.json')]];
  if (!tensorflow && cased === undefined) return files;
  const lower = !(cased ?? hasCapitals(vocabTxt!));
  if (cased === undefined)
    log.info(
      `its vocabulary has ${lower ? 'no' : ''} capital letters, so texts are ${lower ? '' : 'not '}lower-cased (--cased, --uncased)`,
    );
  return [
    ...files,
    [
      'tokenizer_config.json',
      { do_lower_case: lower, model_max_length: maxPositions, tokenizer_class: 'BertTokenizer' },
    ],
  ];
}

/** Whether a vocabulary tells upper and lower case apart: it has words with capitals beside `[UNK]` and the like. */
function hasCapitals(vocabTxt: Uint8Array): boolean {
  return parseVocabulary(vocabTxt, 'vocab.txt').tokens.some((token) => /[A-Z]/.test(token) && !/^\[.*\]$/.test(token));
}
