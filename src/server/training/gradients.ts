import type * as tf from '@tensorflow/tfjs-core';
import type { Compiled, HostTensor, InputSpec } from '../engine/engine';
import type { DropoutPlace, Parameters } from '../model/bert';
import type { PaddedBatch } from '../model/logits';
import { type AdamW, type RowGradient, squaredNorm, sumRows } from './adamw';
import { dropoutMasks } from './dropout';
import type { LossSettings } from './losses/loss';
import { createPartition } from './partition';
import { type Part, addsUp, masksOfPart, partsOf } from './parts';
import { createSessionPool } from './session-pool';
import { LOSS, type LossGraph, SQUARED_NORM, WORD_GRADIENT, gradientName } from './step';
import type { LabelledBatch } from './stepper';

/** What is trained, as far as its batches go: the whole model, or its upper part. */
export interface Pass {
  /** The length of the graph that a batch runs through. */
  length(batch: PaddedBatch): number;
  /** What that graph reads of a batch beside truth and masks, and the forward pass reads at all. */
  inputs(batch: PaddedBatch): Promise<Record<string, HostTensor>>;
  places(B: number, T: number): DropoutPlace[];
  /** Bytes that a session of this shape holds, about. */
  bytes(B: number, T: number): number;
  /** Its loss as a function of the weights. */
  graph(B: number, T: number): LossGraph;
  /** Its forward pass for batches of any shape as a function of the weights; the output is `logits`. */
  readonly forward: ForwardGraph;
}

/** The forward pass of what is trained, without dropout. */
export interface ForwardGraph {
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** As in `GraphSpec`. */
  readonly maximum?: Readonly<Record<string, number>>;
  readonly fn: (parameters: Parameters, tensors: Record<string, tf.Tensor>) => { readonly logits: tf.Tensor2D };
}

/** What a batch says of the weights; the gradients themselves lie where the optimizer reads them. */
export interface BatchGradient {
  readonly loss: number;
  /** The norm of all gradients. */
  readonly norm: number;
  /** The gradient of the word embeddings, where they are trained. */
  readonly words?: RowGradient;
}

/** How gradients are computed. */
export interface GradientSettings {
  /** Seed of the dropout masks. */
  readonly seed: number;
  readonly loss: LossSettings;
  /** Bytes that sessions of different shapes may hold together; the least recently used are freed above it. */
  readonly memoryBudget: number;
  /** In how many parts a batch goes through the model (gradient accumulation): 1 by default. */
  readonly parts?: number;
  /** Hears that memory did not suffice, and in how many parts batches go from now on. */
  readonly onParts?: (parts: number) => void;
}

/** Computes gradients of batches, in parts where asked to, and in smaller ones where memory does not suffice. */
export function createGradients(
  pass: Pass,
  optimizer: AdamW,
  settings: GradientSettings,
  compile: (B: number, T: number) => Promise<Compiled>,
): { of(batch: LabelledBatch): Promise<BatchGradient>; dispose(): Promise<void> } {
  const pool = createSessionPool<Compiled>(settings.memoryBudget);
  const into = gradientOutputs(optimizer);
  const inFewestParts = createPartition({
    parts: settings.parts ?? 1,
    addsUp: addsUp(settings.loss.name),
    onParts: settings.onParts,
  });

  const run = async (batch: LabelledBatch, masks: Record<string, HostTensor>, outputs?: typeof into) => {
    const [B, T] = [batch.B, pass.length(batch)];
    const compiled = await pool.get(`${B}×${T}`, pass.bytes(B, T), () => compile(B, T));
    return compiled.run({ ...(await pass.inputs(batch)), ...truthTensors(batch), ...masks }, outputs);
  };

  const whole = async (batch: LabelledBatch, masks: Record<string, HostTensor>): Promise<BatchGradient> => {
    const outputs = await run(batch, masks, into);
    const values = outputs[WORD_GRADIENT]?.data as Float32Array | undefined;
    const words = values && sumRows(batch.ids, values, values.length / batch.ids.length);
    return finished(outputs[LOSS]!.data[0]!, outputs[SQUARED_NORM]!.data[0]!, words);
  };

  const inParts = async (
    { B }: LabelledBatch,
    masks: Record<string, HostTensor>,
    given: readonly Part[],
  ): Promise<BatchGradient> => {
    const sum = createSum(optimizer);
    for (const { batch, share, from } of given) {
      const places = pass.places(batch.B, pass.length(batch));
      sum.add(await run(batch, masksOfPart(masks, places, B, from)), batch.ids, share);
    }
    const { loss: total, words } = sum;
    const squared = [...optimizer.gradients.values()].reduce((norm, gradient) => norm + squaredNorm(gradient), 0);
    return finished(total(), squared, words());
  };

  return {
    of(batch) {
      const { B } = batch;
      // Drawn for the batch as a whole: the same elements are dropped in any number of parts.
      const masks = dropoutMasks(pass.places(B, pass.length(batch)), settings.seed, optimizer.steps());
      return inFewestParts(
        B,
        (parts) => (parts === 1 ? whole(batch, masks) : inParts(batch, masks, partsOf(batch, parts, settings.loss))),
        () => pool.dispose(),
      );
    },
    dispose: () => pool.dispose(),
  };
}

/** Outputs of a step by name: every gradient is written where the optimizer reads it. */
export function gradientOutputs({ gradients, weights }: AdamW): Record<string, HostTensor> {
  return Object.fromEntries(
    [...gradients].map(([name, data]) => [
      gradientName(name),
      { dtype: 'float32', shape: weights.get(name)!.shape, data },
    ]),
  );
}

/** The truth of a batch as inputs. */
export function truthTensors({ B, labels, weights }: LabelledBatch): Record<string, HostTensor> {
  return {
    labels: { dtype: 'int32', shape: [B], data: labels },
    weights: { dtype: 'float32', shape: [B], data: weights },
  };
}

function finished(loss: number, squared: number, words: RowGradient | undefined): BatchGradient {
  const norm = Math.sqrt(squared + (words === undefined ? 0 : squaredNorm(words.values)));
  return { loss, norm, ...(words === undefined ? {} : { words }) };
}

/** Adds up parts, each by its share, where the optimizer reads. */
function createSum(optimizer: AdamW) {
  for (const gradient of optimizer.gradients.values()) gradient.fill(0);
  const [ids, values]: [Int32Array[], Float32Array[]] = [[], []];
  let loss = 0;
  return {
    add(outputs: Record<string, HostTensor>, own: Int32Array, share: number): void {
      loss += share * outputs[LOSS]!.data[0]!;
      for (const [name, gradient] of optimizer.gradients) {
        addScaled(gradient, outputs[gradientName(name)]!.data as Float32Array, share);
      }
      const words = outputs[WORD_GRADIENT]?.data as Float32Array | undefined;
      if (words === undefined) return;
      ids.push(own);
      values.push(words.map((value) => value * share));
    },
    loss: () => loss,
    words(): RowGradient | undefined {
      if (values.length === 0) return undefined;
      const [all, rows] = [joined(ids, Int32Array), joined(values, Float32Array)];
      return sumRows(all, rows, rows.length / all.length);
    },
  };
}

function addScaled(sum: Float32Array, values: Float32Array, scale: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + scale * values[i]!;
}

function joined<Data extends Int32Array | Float32Array>(
  parts: readonly Data[],
  Type: new (length: number) => Data,
): Data {
  const whole = new Type(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
