import { RowlightError } from '../errors';
import { type BertConfig, isClassifier } from './config';
import type { Weight, Weights } from './tensor-map';

/** Names of the classifier's two tensors. */
export const CLASSIFIER = ['classifier.weight', 'classifier.bias'] as const;

/**
 * Every tensor of a BERT by name, with its shape, in canonical order: embeddings, layers from the input up, the head's own, and, where a
 * number of labels is given, the classifier. The names are those of `BertForSequenceClassification` in transformers; heads that it doesn't have
 * begin with `head.`.
 */
export function expectedShapes(config: BertConfig, labels?: number): Map<string, readonly number[]> {
  const { hiddenSize: h, intermediateSize: i } = config;
  const shapes = new Map<string, readonly number[]>();
  const dense = (name: string, out: number, input: number) =>
    shapes.set(`${name}.weight`, [out, input]).set(`${name}.bias`, [out]);
  const norm = (name: string) => shapes.set(`${name}.weight`, [h]).set(`${name}.bias`, [h]);
  shapes.set('bert.embeddings.word_embeddings.weight', [config.vocabSize, h]);
  shapes.set('bert.embeddings.position_embeddings.weight', [config.maxPositions, h]);
  shapes.set('bert.embeddings.token_type_embeddings.weight', [config.typeVocabSize, h]);
  norm('bert.embeddings.LayerNorm');
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `bert.encoder.layer.${layer}`;
    for (const part of ['query', 'key', 'value']) dense(`${at}.attention.self.${part}`, h, h);
    dense(`${at}.attention.output.dense`, h, h);
    norm(`${at}.attention.output.LayerNorm`);
    dense(`${at}.intermediate.dense`, i, h);
    dense(`${at}.output.dense`, h, i);
    norm(`${at}.output.LayerNorm`);
  }
  switch (config.head) {
    case 'cls':
      dense('bert.pooler.dense', h, h);
      break;
    case 'pooled':
      dense('head.attention.query', ATTENTION_UNITS, h);
      dense('head.attention.key', ATTENTION_UNITS, h);
      dense('head.attention.score', 1, ATTENTION_UNITS);
      break;
    case 'mean':
      break;
  }
  if (labels !== undefined) dense('classifier', labels, headWidth(config));
  return shapes;
}

/** Units of the attention of the head `pooled`: the default of keras-self-attention. */
const ATTENTION_UNITS = 32;

/** How many numbers a head gives the classifier for a text. */
export function headWidth({ head, hiddenSize }: BertConfig): number {
  return head === 'pooled' ? 3 * hiddenSize : hiddenSize;
}

/** Whether a weight belongs to the head or the classifier and not to the encoder: what starts anew on another task. */
export function isHeadWeight(name: string): boolean {
  return /^(bert\.pooler|head|classifier)\./.test(name);
}

/** Weights under their canonical names and in canonical order, and what must still be made. */
export interface AdoptedWeights {
  readonly weights: Weights;
  /** Names that the file lacks and training starts anew (see `fillFresh`): of the head and of the classifier. */
  readonly fresh: readonly string[];
  /** Rows of the classifier in the file; absent where it has none. */
  readonly labelCount?: number;
}

/**
 * Takes a file's tensors as those of a BERT: with the prefix `bert.` or none, with `gamma` and `beta` for norms as TensorFlow's old names were;
 * buffers and heads other than a sequence classifier are passed over. Then the names must be exactly the expected ones and every
 * shape must be that of `config`; only head and classifier may be missing. Throws a `RowlightError` of reason `bad-model` that names the tensor.
 */
export function adoptWeights(raw: Weights, config: BertConfig, file = 'model.safetensors'): AdoptedWeights {
  const bad = (text: string): never => {
    throw new RowlightError('bad-model', `${file}: ${text}`);
  };
  const found = new Map<string, { weight: Weight; name: string }>();
  for (const [name, weight] of raw) {
    const canonical = canonicalName(name, config);
    if (canonical === undefined) continue;
    const twin = found.get(canonical);
    if (twin) bad(`tensors "${twin.name}" and "${name}" are the same weight`);
    found.set(canonical, { weight, name });
  }
  const labelCount = (found.get(CLASSIFIER[0]) ?? found.get(CLASSIFIER[1]))?.weight.shape[0];
  if (labelCount === 0) bad(`tensor "${CLASSIFIER[0]}" has no rows: a classifier without labels`);
  const expected = expectedShapes(config, labelCount ?? 1);
  const weights: Weights = new Map();
  const fresh: string[] = [];
  for (const [name, shape] of expected) {
    const entry = found.get(name);
    if (!entry) {
      fresh.push(name);
    } else if (String(entry.weight.shape) !== String(shape)) {
      bad(
        `tensor "${entry.name}" has shape [${entry.weight.shape.join(', ')}]; by config.json it is [${shape.join(', ')}]`,
      );
    } else {
      weights.set(name, entry.weight);
    }
  }
  const missing = fresh.find((name) => !isHeadWeight(name));
  if (missing) bad(`has no tensor "${missing}", which config.json calls for`);
  const halves = new Set(fresh.map((name) => name.replace(/(weight|bias)$/, '')));
  for (const part of halves) {
    const half = fresh.filter((name) => name.startsWith(part));
    if (half.length === 1) bad(`has no tensor "${half[0]}", only the other half of that layer`);
  }
  const unknown = [...found].find(([name]) => !expected.has(name));
  if (unknown)
    bad(`tensor "${unknown[1].name}" belongs to no BERT of ${config.layers} layers, which config.json describes`);
  return { weights, fresh, ...(labelCount === undefined ? {} : { labelCount }) };
}

/**
 * A complete set in canonical order for a classifier of `labels` labels: `weights`, and what they lack made as transformers makes it: matrices
 * normal with deviation `config.initializerRange`, biases zero. `random` gives uniform numbers in [0, 1). Values are shared, not copied.
 * To start the classifier anew, take its two tensors (`CLASSIFIER`) out before.
 */
export function fillFresh(weights: Weights, config: BertConfig, labels: number, random: () => number): Weights {
  const complete: Weights = new Map();
  for (const [name, shape] of expectedShapes(config, labels)) {
    const weight = weights.get(name) ?? freshWeight(name, shape, config, random);
    if (String(weight.shape) !== String(shape)) {
      throw new RowlightError(
        'bad-model',
        `tensor "${name}" has shape [${weight.shape.join(', ')}]; needed is [${shape.join(', ')}]`,
      );
    }
    complete.set(name, weight);
  }
  return complete;
}

/** A weight made anew, as transformers makes it: matrices normal with deviation `config.initializerRange`, norms 1, biases 0. */
export function freshWeight(name: string, shape: readonly number[], config: BertConfig, random: () => number): Weight {
  const data = new Float32Array(shape.reduce((product, axis) => product * axis, 1));
  if (name.endsWith('.LayerNorm.weight')) data.fill(1);
  else if (name.endsWith('.weight')) fillNormal(data, config.initializerRange, random);
  return { shape, data };
}

/** Box and Muller's method: two normal numbers from two uniform ones. */
function fillNormal(data: Float32Array, deviation: number, random: () => number): void {
  for (let i = 0; i < data.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    data[i] = radius * Math.cos(angle);
    data[i + 1] = radius * Math.sin(angle); // Past an odd end, a typed array drops it.
  }
}

/** The canonical name, or undefined for what is no weight of ours. Names that fit nothing come back as they are, to be reported. */
function canonicalName(name: string, config: BertConfig): string | undefined {
  if (/^(bert\.)?embeddings\.(position_ids|token_type_ids)$/.test(name)) return undefined;
  if (/^(cls|qa_outputs|dropout)\./.test(name)) return undefined; // Masked-word, next-sentence and question-answering heads.
  // A token or multiple-choice classifier has the same two names, and means something else by them.
  const otherHead = config.architectures.length > 0 && !isClassifier(config);
  if (otherHead && name.startsWith('classifier.')) return undefined;
  const modern = name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
  return /^(embeddings|encoder|pooler)\./.test(modern) ? `bert.${modern}` : modern;
}
