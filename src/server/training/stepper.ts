import type { Compiled, Engine, HostTensor } from '../engine/engine';
import { WORD_EMBEDDINGS } from '../model/bert';
import { classifierDropoutPlaces } from '../model/classifier';
import type { BertConfig } from '../model/config';
import { type PaddedBatch, batchTensors, compileLogits } from '../model/logits';
import { disposeParameters, variableParameters } from '../model/parameters';
import type { Weights } from '../model/tensor-map';
import { type AdamW, type Moments, createAdamW, squaredNorm, sumRows } from './adamw';
import { clippingScale } from './clipping';
import { dropoutMasks } from './dropout';
import { createSessionPool } from './session-pool';
import type { LossSettings } from './losses/loss';
import { LOSS, SQUARED_NORM, WORD_GRADIENT, compileStep, gradientName } from './step';

/** A batch with its truth. */
export interface LabelledBatch extends PaddedBatch {
  /** `[B]` label ids. */
  readonly labels: Int32Array;
  /** `[B]`: 1 for a text, 0 for a row that only fills the batch up. */
  readonly weights: Float32Array;
}

/** What a stepper is made of. */
export interface StepperSettings {
  /** Seed of the dropout masks. */
  readonly seed: number;
  readonly loss: LossSettings;
  /** Bytes that sessions of different shapes may hold together; the least recently used are freed above it. */
  readonly memoryBudget: number;
  /** Moments and step count of a run that is resumed. */
  readonly state?: { readonly moments: Map<string, Moments>; readonly steps: number };
}

/** Trains weights, a batch at a time. */
export interface Stepper {
  /** Holds what is trained. */
  readonly optimizer: AdamW;
  /** Every weight of the model, trained or not, as it is now. */
  readonly weights: Weights;
  /** One step: forward, backward, clipping to a global norm of 1.0, AdamW. Returns the loss before the update and the norm before clipping. */
  step(batch: LabelledBatch, learningRate: number): Promise<{ loss: number; gradientNorm: number }>;
  /** Logits `[B, labels]` of the weights as they are now, without dropout. */
  logits(batch: PaddedBatch): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Makes a stepper that starts from `weights` and takes them over: the map is emptied. */
export function createStepper(
  engine: Engine,
  config: BertConfig,
  weights: Weights,
  settings: StepperSettings,
): Stepper {
  const optimizer = createAdamW(weights, new Set([WORD_EMBEDDINGS]), undefined, settings.state);
  const parameters = variableParameters(optimizer.weights);
  // Every gradient is written where the optimizer reads it.
  const buffers: Record<string, HostTensor> = {};
  for (const [name, data] of optimizer.gradients) {
    buffers[gradientName(name)] = { dtype: 'float32', shape: optimizer.weights.get(name)!.shape, data };
  }
  const pool = createSessionPool(settings.memoryBudget);
  let forward: Compiled | undefined;

  return {
    optimizer,
    weights: optimizer.weights,
    async step(batch, learningRate) {
      const { B, T } = batch;
      const compiled = await pool.get(`${B}×${T}`, activationBytes(config, B, T), () =>
        compileStep(engine, config, parameters, settings.loss, B, T),
      );
      const inputs: Record<string, HostTensor> = {
        ...batchTensors(batch),
        labels: { dtype: 'int32', shape: [B], data: batch.labels },
        weights: { dtype: 'float32', shape: [B], data: batch.weights },
        ...dropoutMasks(classifierDropoutPlaces(config, B, T), settings.seed, optimizer.steps()),
      };
      const outputs = await compiled.run(inputs, buffers);
      const words = sumRows(batch.ids, outputs[WORD_GRADIENT]!.data as Float32Array, config.hiddenSize);
      const gradientNorm = Math.sqrt(outputs[SQUARED_NORM]!.data[0]! + squaredNorm(words.values));
      const scale = clippingScale(gradientNorm);
      if (Number.isFinite(gradientNorm)) optimizer.update(new Map([[WORD_EMBEDDINGS, words]]), learningRate, scale);
      return { loss: outputs[LOSS]!.data[0]!, gradientNorm };
    },
    async logits(batch) {
      forward ??= await compileLogits(engine, config, parameters, 'live');
      return (await forward.run(batchTensors(batch))).logits!.data as Float32Array;
    },
    async dispose() {
      await pool.dispose();
      await forward?.dispose();
      disposeParameters(parameters);
    },
  };
}

/**
 * About what a session holds during a step: every activation that the backward pass needs, and the gradients on their way. Counted from the
 * graph: a layer keeps some 26 tensors of `[R, H]`, 9 of `[R, I]` and 5 of `[B, N, T, T]`.
 */
export function activationBytes(
  { layers, hiddenSize: H, intermediateSize: I, heads: N }: BertConfig,
  B: number,
  T: number,
): number {
  return 4 * layers * B * T * (26 * H + 9 * I + 5 * N * T);
}
