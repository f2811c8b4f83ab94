import type { BertConfig } from './config';
import type { Weight, Weights } from './tensor-map';
import { isHeadWeight } from './weights';

/*
 * LoRA (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"): a dense layer's weight W `[out, in]` stays as it is, and what
 * is learned is a product of two thin matrices beside it, W + (alpha / rank)·B·A. Names, layout and start are those of PEFT.
 */

/** The dense layers of a transformer layer that may have an adapter, and where each lies within it. */
export const LORA_TARGETS = {
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  'attention-output': 'attention.output.dense',
  intermediate: 'intermediate.dense',
  output: 'output.dense',
} as const;

/** One of {@link LORA_TARGETS}. */
export type LoraTarget = keyof typeof LORA_TARGETS;

/** What adapters look like. */
export interface Lora {
  /** Rows of A and columns of B. */
  readonly rank: number;
  /** The adapter's output is multiplied by alpha / rank, so that the rank can change and the learning rate stay. */
  readonly alpha: number;
  /** The share of what an adapter reads that is dropped in training. */
  readonly dropout: number;
  readonly targets: readonly LoraTarget[];
}

/** The paper's choice for the attention's query and value, at PEFT's default rank and twice its alpha, as is usual. */
export const DEFAULT_LORA: Lora = { rank: 8, alpha: 16, dropout: 0, targets: ['query', 'value'] };

/** The weight of an adapter beside the dense layer `name`: A `[rank, in]` or B `[out, rank]`. */
export function adapterWeight(name: string, half: 'A' | 'B'): string {
  return `${name}.lora_${half}.weight`;
}

/** Whether a weight is one of an adapter's. */
export function isAdapterWeight(name: string): boolean {
  return /\.lora_[AB]\.weight$/.test(name);
}

/** What is trained beside a frozen encoder: adapters, head and classifier. */
export function isTrainedByLora(name: string): boolean {
  return isAdapterWeight(name) || isHeadWeight(name);
}

/** A dense layer that has an adapter, and the sizes of its weight `[out, in]`. */
export interface AdaptedLayer {
  readonly name: string;
  readonly out: number;
  readonly in: number;
}

/** Every dense layer with an adapter, from the input up. */
export function adaptedLayers({ layers, hiddenSize: H, intermediateSize: I }: BertConfig, lora: Lora): AdaptedLayer[] {
  const sizes: Partial<Record<LoraTarget, readonly [number, number]>> = { intermediate: [I, H], output: [H, I] };
  const targets = (Object.keys(LORA_TARGETS) as LoraTarget[]).filter((target) => lora.targets.includes(target));
  return Array.from({ length: layers }, (_, layer) =>
    targets.map((target) => {
      const [out, input] = sizes[target] ?? [H, H];
      return { name: `bert.encoder.layer.${layer}.${LORA_TARGETS[target]}`, out, in: input };
    }),
  ).flat();
}

/**
 * New adapters: A uniform within ±1/√in (PyTorch's default for a dense layer, which PEFT takes), B zero, so that the model starts as the base.
 * @param random uniform numbers in [0, 1)
 */
export function freshAdapters(config: BertConfig, lora: Lora, random: () => number): Weights {
  const adapters: Weights = new Map();
  for (const { name, out, in: input } of adaptedLayers(config, lora)) {
    const bound = 1 / Math.sqrt(input);
    const values = Float32Array.from({ length: lora.rank * input }, () => (2 * random() - 1) * bound);
    adapters.set(adapterWeight(name, 'A'), { shape: [lora.rank, input], data: values });
    adapters.set(adapterWeight(name, 'B'), { shape: [out, lora.rank], data: new Float32Array(out * lora.rank) });
  }
  return adapters;
}

/** The weights that the model computes with: adapters added to what they adapt, in new memory, and gone. Other weights are shared. */
export function mergeAdapters(weights: Weights, config: BertConfig, lora: Lora): Weights {
  const merged: Weights = new Map([...weights].filter(([name]) => !isAdapterWeight(name)));
  for (const { name } of adaptedLayers(config, lora)) {
    const [down, up] = [weights.get(adapterWeight(name, 'A'))!, weights.get(adapterWeight(name, 'B'))!];
    merged.set(`${name}.weight`, sumWithProduct(weights.get(`${name}.weight`)!, up, down, lora.alpha / lora.rank));
  }
  return merged;
}

/** W + scale·B·A, the product summed in double precision. */
function sumWithProduct({ shape, data }: Weight, up: Weight, down: Weight, scale: number): Weight {
  const [out, input] = shape as readonly [number, number];
  const rank = down.shape[0]!;
  const sum = Float32Array.from(data);
  const row = new Float64Array(input);
  for (let o = 0; o < out; o++) {
    row.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = scale * up.data[o * rank + r]!;
      for (let i = 0; i < input; i++) row[i] = row[i]! + factor * down.data[r * input + i]!;
    }
    for (let i = 0; i < input; i++) sum[o * input + i] = sum[o * input + i]! + row[i]!;
  }
  return { shape, data: sum };
}
