import { z } from 'zod';
import type { Files } from '../env';
import { RowlightError } from '../errors';
import { parseJson } from '../parse-json';
import type { BertConfig } from './config';
import { type Lora, LORA_TARGETS, type LoraTarget, adaptedLayers, adapterWeight, isTrainedByLora } from './lora';
import type { ModelFile } from './model-folder';
import type { RowlightJson } from './rowlight-json';
import { readSafetensors, safetensorsParts } from './safetensors';
import type { Weights } from './tensor-map';
import { ADAPTER_FILE, type ReadWeights, readWeights } from './weight-files';
import { expectedShapes, isHeadWeight } from './weights';

/*
 * A checkpoint of adapters, in the format of PEFT: `adapter_config.json`, and `adapter_model.safetensors` with the adapters, the head and the
 * classifier. It means something only upon the base that it was trained on, which `rowlight.json` names with the hash of its weights.
 */

const CONFIG_FILE = 'adapter_config.json';

/** What PEFT writes before the name of every weight. */
const PREFIX = 'base_model.model.';

/** The base of adapters, as `rowlight.json` keeps it. */
export type AdapterBase = NonNullable<RowlightJson['adapter']>;

/** The files of adapters that are `weights` but for the base's own. */
export function adapterFiles(config: BertConfig, lora: Lora, weights: Weights, base: AdapterBase): ModelFile[] {
  const own: Weights = new Map();
  for (const [name, weight] of weights) if (isTrainedByLora(name)) own.set(PREFIX + name, weight);
  const layers = lora.targets.map((target) => LORA_TARGETS[target].replaceAll('.', '\\.'));
  const json = {
    peft_type: 'LORA',
    task_type: 'SEQ_CLS',
    base_model_name_or_path: base.folder,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: lora.dropout,
    // A pattern, since a list would be of endings, and `output.dense` ends two layers.
    target_modules: `.*\\.encoder\\.layer\\.\\d+\\.(${layers.join('|')})`,
    modules_to_save: config.head === 'cls' ? ['classifier', 'pooler'] : ['classifier'],
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
  };
  return [
    { name: CONFIG_FILE, parts: [new TextEncoder().encode(`${JSON.stringify(json, undefined, 2)}\n`)] },
    { name: ADAPTER_FILE, parts: safetensorsParts(own) },
  ];
}

/** Adapters as they lie in a folder. */
export interface Adapters {
  readonly lora: Lora;
  /** Adapters, head and classifier under canonical names. */
  readonly weights: Weights;
  /** Rows of the classifier. */
  readonly labelCount: number;
}

const configSchema = z.looseObject({
  peft_type: z.literal('LORA'),
  r: z.int().min(1).max(4096),
  lora_alpha: z.number().positive(),
  lora_dropout: z.number().min(0).max(0.99).default(0),
});

/** Reads the adapters of a folder for a model of `config`. Throws a `RowlightError` of reason `bad-model` that names the file and the tensor. */
export async function readAdapters(files: Files, folder: string, config: BertConfig): Promise<Adapters> {
  const settings = parseJson(await files.read(`${folder}/${CONFIG_FILE}`), configSchema, `${folder}/${CONFIG_FILE}`);
  const file = `${folder}/${ADAPTER_FILE}`;
  const bad = (text: string): never => {
    throw new RowlightError('bad-model', `${file}: ${text}`);
  };
  const weights: Weights = new Map();
  for (const [name, weight] of readSafetensors(await files.read(file), file)) {
    if (!name.startsWith(PREFIX)) bad(`tensor "${name}" is none of an adapter's`);
    weights.set(name.slice(PREFIX.length), weight);
  }
  const targets = (Object.keys(LORA_TARGETS) as LoraTarget[]).filter((target) =>
    weights.has(adapterWeight(`bert.encoder.layer.0.${LORA_TARGETS[target]}`, 'A')),
  );
  const lora: Lora = { rank: settings.r, alpha: settings.lora_alpha, dropout: settings.lora_dropout, targets };
  const labelCount = weights.get('classifier.weight')?.shape[0] ?? bad('has no classifier');
  const expected = new Map<string, readonly number[]>();
  for (const { name, out, in: input } of adaptedLayers(config, lora)) {
    expected.set(adapterWeight(name, 'A'), [lora.rank, input]).set(adapterWeight(name, 'B'), [out, lora.rank]);
  }
  for (const [name, shape] of expectedShapes(config, labelCount)) if (isHeadWeight(name)) expected.set(name, shape);
  for (const [name, shape] of expected) {
    const found = weights.get(name)?.shape;
    if (found === undefined) bad(`has no tensor "${PREFIX}${name}"`);
    if (String(found) !== String(shape))
      bad(`tensor "${PREFIX}${name}" has shape [${found!.join(', ')}]; needed is [${shape.join(', ')}]`);
  }
  const unknown = [...weights.keys()].find((name) => !expected.has(name));
  if (unknown !== undefined) bad(`tensor "${PREFIX}${unknown}" belongs to no adapter that ${CONFIG_FILE} describes`);
  return { lora, weights, labelCount };
}

/**
 * The weights of an adapter's base, wherever it is now. Rejects with a `RowlightError`: `not-found` where it is gone, `bad-model` where
 * another model is in its place.
 * @param adapter the folder of the adapter, for messages
 */
export async function readAdapterBase(
  files: Files,
  adapter: string,
  base: AdapterBase,
): Promise<ReadWeights & { readonly folder: string }> {
  const places = [base.folder, ...(files.models === undefined ? [] : [`${files.models}/${base.name}`])];
  const there: string[] = [];
  for (const place of places) {
    const found = await readWeights(files, place);
    if (found === undefined) continue;
    there.push(found.file);
    if ((await found.sha256()) === base.sha256) return { folder: place, ...found };
  }
  const [first] = there;
  throw first === undefined
    ? new RowlightError(
        'not-found',
        `${adapter}: holds adapters for ${base.name}, and that model is not in ${base.folder} any more; put it back there`,
      )
    : new RowlightError(
        'bad-model',
        `${adapter}: holds adapters for another ${base.name} than ${first} is now (its hash differs); put the old one back, or train again`,
      );
}

/** The hash of a base's weights, to know it again by. Rejects where a folder has none of its own. */
export async function hashOfBase(files: Files, folder: string): Promise<string> {
  const found = await readWeights(files, folder);
  if (found) return found.sha256();
  throw (await files.exists(`${folder}/${ADAPTER_FILE}`))
    ? new RowlightError(
        'bad-argument',
        `${folder}: holds adapters, which can't be the base of others; merge them into a model first (rowlight export)`,
      )
    : new RowlightError('not-found', `${folder}: has no weights; give the folder of a base model`);
}
