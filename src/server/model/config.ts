import { z } from 'zod';
import { RowlightError } from '../errors';
import { parseJson } from '../parse-json';
import type { Lora } from './lora';

/** How a classifier sums a text up; one file each in `heads/`. `cls` is BERT's own, the others are Rowlight's. */
export const HEADS = ['cls', 'pooled', 'mean'] as const;
/** One of {@link HEADS}. */
export type HeadName = (typeof HEADS)[number];

/** Sizes and settings of a BERT; what `config.json` of a Hugging Face folder says. Comments give the key there. */
export interface BertConfig {
  /** `vocab_size` */
  readonly vocabSize: number;
  /** `hidden_size`; divisible by `heads`. */
  readonly hiddenSize: number;
  /** `num_hidden_layers` */
  readonly layers: number;
  /** `num_attention_heads` */
  readonly heads: number;
  /** `intermediate_size` */
  readonly intermediateSize: number;
  /** `hidden_act`: GELU by the error function, not its tanh approximation. */
  readonly activation: 'gelu';
  /** `max_position_embeddings`: the longest input, in tokens. */
  readonly maxPositions: number;
  /** `type_vocab_size` */
  readonly typeVocabSize: number;
  /** `layer_norm_eps` */
  readonly layerNormEps: number;
  /** `hidden_dropout_prob` */
  readonly hiddenDropout: number;
  /** `attention_probs_dropout_prob` */
  readonly attentionDropout: number;
  /** `classifier_dropout`, else `hidden_dropout_prob`, as `BertForSequenceClassification` does. */
  readonly classifierDropout: number;
  /** `initializer_range`: standard deviation of new weights. */
  readonly initializerRange: number;
  /** `pad_token_id` */
  readonly padTokenId: number;
  /** The classifier's head: `rowlight.json` tells it, since `config.json` has no key for it. */
  readonly head: HeadName;
  /** `problem_type` is `multi_label_classification`: a text may have several labels, each with a probability of its own. */
  readonly multiLabel?: boolean;
  /** Adapters beside the encoder's dense layers, while they are trained; merged into the weights otherwise. */
  readonly lora?: Lora;
  /** Label names in id order (`id2label`), where the file has any. Whether a classifier goes with them, only the weights tell. */
  readonly labels?: readonly string[];
  /** `architectures`: names of the classes it was saved from; empty where the file says nothing. */
  readonly architectures: readonly string[];
}

/**
 * Reads `config.json`. Unknown keys are ignored; keys that change what the model computes (another activation, relative positions, a decoder)
 * are refused rather than passed over. `file` is named in messages. Throws a `RowlightError` of reason `bad-model`, or `unsupported` for a
 * model that is sound but not one Rowlight runs.
 */
export function parseConfig(content: Uint8Array | string, file = 'config.json'): BertConfig {
  const json = parseJson(content, schema, file);
  refuseOthers(json, file);
  const bad = (text: string): never => {
    throw new RowlightError('bad-model', `${file}: ${text}`);
  };
  if (json.hidden_size % json.num_attention_heads !== 0) {
    bad(`hidden_size ${json.hidden_size} cannot be divided among num_attention_heads ${json.num_attention_heads}`);
  }
  const padTokenId = json.pad_token_id ?? 0;
  if (padTokenId >= json.vocab_size) bad(`pad_token_id ${padTokenId} is outside vocab_size ${json.vocab_size}`);
  const labels = json.id2label ? orderedLabels(json.id2label, json.label2id ?? undefined, bad) : undefined;
  return {
    vocabSize: json.vocab_size,
    hiddenSize: json.hidden_size,
    layers: json.num_hidden_layers,
    heads: json.num_attention_heads,
    intermediateSize: json.intermediate_size,
    activation: 'gelu',
    maxPositions: json.max_position_embeddings,
    typeVocabSize: json.type_vocab_size,
    layerNormEps: json.layer_norm_eps,
    hiddenDropout: json.hidden_dropout_prob,
    attentionDropout: json.attention_probs_dropout_prob,
    classifierDropout: json.classifier_dropout ?? json.hidden_dropout_prob,
    initializerRange: json.initializer_range,
    padTokenId,
    head: 'cls',
    ...(json.problem_type === MULTI_LABEL ? { multiLabel: true } : {}),
    ...(labels ? { labels } : {}),
    architectures: json.architectures ?? [],
  };
}

/** Whether a model of this configuration predicts labels: its class says so, or it has a head that only a classifier has. */
export function isClassifier({ head, architectures }: BertConfig): boolean {
  return head !== 'cls' || architectures.some((name) => name.endsWith('ForSequenceClassification'));
}

/**
 * `config.json` of a sequence classifier over `labels`, in Hugging Face's keys. With a head that transformers doesn't have it
 * names the encoder alone, so that nobody takes its logits for those of `BertForSequenceClassification`.
 */
export function configJson(config: BertConfig, labels: readonly string[]): Record<string, unknown> {
  return {
    architectures: [config.head === 'cls' ? 'BertForSequenceClassification' : 'BertModel'],
    model_type: 'bert',
    attention_probs_dropout_prob: config.attentionDropout,
    classifier_dropout: config.classifierDropout,
    hidden_act: config.activation,
    hidden_dropout_prob: config.hiddenDropout,
    hidden_size: config.hiddenSize,
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    initializer_range: config.initializerRange,
    intermediate_size: config.intermediateSize,
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    layer_norm_eps: config.layerNormEps,
    max_position_embeddings: config.maxPositions,
    num_attention_heads: config.heads,
    num_hidden_layers: config.layers,
    pad_token_id: config.padTokenId,
    position_embedding_type: 'absolute',
    problem_type: config.multiLabel ? MULTI_LABEL : 'single_label_classification',
    type_vocab_size: config.typeVocabSize,
    vocab_size: config.vocabSize,
  };
}

/** transformers' name for several labels a text. */
const MULTI_LABEL = 'multi_label_classification';

// Upper bounds are far above any published BERT: they keep a broken or hostile file from asking for absurd memory.
const size = (maximum: number) => z.int().min(1).max(maximum);
const dropout = z.number().min(0).max(0.99);

// Sizes must be there; the other defaults are those of transformers' `BertConfig`.
const schema = z.looseObject({
  model_type: z.string('is missing; "bert" is needed'),
  architectures: z.array(z.string()).nullish(),
  vocab_size: size(4_000_000),
  hidden_size: size(16_384),
  num_hidden_layers: size(256),
  num_attention_heads: size(1_024),
  intermediate_size: size(131_072),
  hidden_act: z.string().default('gelu'),
  max_position_embeddings: size(131_072),
  type_vocab_size: size(1_024).default(2),
  layer_norm_eps: z.number().positive().max(0.1).default(1e-12),
  hidden_dropout_prob: dropout.default(0.1),
  attention_probs_dropout_prob: dropout.default(0.1),
  classifier_dropout: dropout.nullish(),
  initializer_range: z.number().positive().max(10).default(0.02),
  pad_token_id: z.int().min(0).nullish(),
  position_embedding_type: z.string().nullish(),
  is_decoder: z.boolean().nullish(),
  problem_type: z.string().nullish(),
  id2label: z.record(z.string(), z.string()).nullish(),
  // Not `z.record`, which drops a key named `__proto__`; a label may have any name.
  label2id: z.custom<object>((value) => typeof value === 'object', 'is not an object').nullish(),
});

function refuseOthers(json: z.infer<typeof schema>, file: string): void {
  const refuse = (key: string, found: string, needed: string): never => {
    throw new RowlightError('unsupported', `${file}: ${key} is "${found}"; Rowlight runs ${needed}`);
  };
  if (json.model_type !== 'bert') refuse('model_type', json.model_type, 'models of type "bert" only');
  if (json.hidden_act !== 'gelu') refuse('hidden_act', json.hidden_act, '"gelu" only');
  const positions = json.position_embedding_type ?? 'absolute';
  if (positions !== 'absolute') refuse('position_embedding_type', positions, '"absolute" only');
  if (json.is_decoder) refuse('is_decoder', 'true', 'encoders only');
  const problem = json.problem_type ?? 'single_label_classification';
  if (problem !== 'single_label_classification' && problem !== MULTI_LABEL)
    refuse('problem_type', problem, 'classifiers of one label or several only');
}

function orderedLabels(
  id2label: Record<string, string>,
  label2id: object | undefined,
  bad: (text: string) => never,
): string[] | undefined {
  const count = Object.keys(id2label).length;
  if (count === 0) return undefined;
  const labels = Array.from(
    { length: count },
    (_, id) => id2label[id] ?? bad(`id2label: has ${count} entries, and no "${id}" among them`),
  );
  if (new Set(labels).size !== count) bad('id2label: two ids have the same name');
  if (!label2id) return labels;
  const ids = new Map<string, unknown>(Object.entries(label2id));
  const wrong =
    labels.find((label, id) => ids.get(label) !== id) ?? [...ids.keys()].find((name) => !labels.includes(name));
  if (wrong !== undefined) bad(`label2id: does not agree with id2label about "${wrong}"`);
  return labels;
}
