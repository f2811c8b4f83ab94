import type { Compiled, Engine, HostTensor } from '../engine/engine';
import { type Parameters, WORD_EMBEDDINGS, dropoutPlaces } from '../model/bert';
import type { BertConfig } from '../model/config';
import { disposeParameters, variableParameters } from '../model/parameters';
import type { Weights } from '../model/tensor-map';
import { type AdamW, type Moments, createAdamW, squaredNorm } from '../training/adamw';
import { clippingScale } from '../training/clipping';
import { dropoutMasks } from '../training/dropout';
import { gradientOutputs } from '../training/gradients';
import { createSessionPool } from '../training/session-pool';
import { LOSS, WORD_GRADIENT, gradientName } from '../training/step';
import { activationBytes } from '../training/stepper';
import type { PretrainingBatch } from './batch';
import { CORRECT, MASKED_LOSS, PAIR_LOSS, compileJudging, compilePretrainingStep } from './step';

/** What a pre-training stepper is made of. */
export interface PretrainingStepperSettings {
  /** Seed of the dropout masks. */
  readonly seed: number;
  /** Whether pairs are judged. */
  readonly pairs: boolean;
  /** Bytes that sessions of different shapes may hold together. */
  readonly memoryBudget: number;
  /** Moments and step count of a run that is resumed. */
  readonly state?: { readonly moments: Map<string, Moments>; readonly steps: number };
}

/** The losses of a batch: of masked words, and of pairs where those are judged. */
export interface PretrainingLosses {
  readonly masked: number;
  readonly pair?: number;
}

/** Pre-trains weights, a batch at a time. */
export interface PretrainingStepper {
  /** Holds what is trained. */
  readonly optimizer: AdamW;
  /** The weights as they are now, for graphs that read them live. */
  readonly parameters: Parameters;
  /**
   * One step on a batch in parts, whose gradients add up: forward, backward, clipping to a global norm of 1.0, AdamW. Returns losses before the update and
   * the norm before clipping.
   */
  step(parts: readonly PretrainingBatch[], learningRate: number): Promise<PretrainingLosses & { gradientNorm: number }>;
  /** All of a step but the update: nothing changes. For measuring how long steps take before there is one. */
  rehearse(parts: readonly PretrainingBatch[]): Promise<void>;
  /** Judges a batch by the weights as they are now, without dropout. `correct` has 1 for each prediction that is right, `[P]`. */
  judge(batch: PretrainingBatch): Promise<PretrainingLosses & { correct: Float32Array }>;
  /** Frees the memory of all compiled graphs; they are made anew when they are needed. */
  free(): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * About what a session of a step holds: the encoder's, and of the output layer logits, their softmax and their gradient.
 * @param P places for predictions
 */
export function pretrainingBytes(config: BertConfig, B: number, T: number, P: number): number {
  return activationBytes(config, B, T) + 12 * P * config.vocabSize;
}

/** Makes a stepper that starts from `weights`, encoder and heads, and takes them over: the map is emptied. */
export function createPretrainingStepper(
  engine: Engine,
  config: BertConfig,
  weights: Weights,
  { seed, pairs, memoryBudget, state }: PretrainingStepperSettings,
): PretrainingStepper {
  // The word table has a dense gradient, since it is the output layer, too.
  const optimizer = createAdamW(weights, new Set(), undefined, state);
  const parameters = variableParameters(optimizer.weights);
  const pool = createSessionPool<Compiled>(memoryBudget);
  const table = optimizer.gradients.get(WORD_EMBEDDINGS)!;
  const into = gradientOutputs(optimizer);

  const session = ({ B, T, P, inputs }: PretrainingBatch, kind: 'step' | 'judge'): Promise<Compiled> => {
    const placed = inputs.positionIds !== undefined;
    const compile = kind === 'step' ? compilePretrainingStep : compileJudging;
    // Forward alone holds a layer at a time.
    const bytes = pretrainingBytes(kind === 'step' ? config : { ...config, layers: 1 }, B, T, P);
    const shape = { B, T, P, pairs, placed };
    return pool.get(`${kind} ${B}×${T}×${P} ${placed}`, bytes, () => compile(engine, config, parameters, shape));
  };

  const gradient = async (batch: PretrainingBatch, part: number, first: boolean): Promise<PretrainingLosses> => {
    const compiled = await session(batch, 'step');
    const masks = dropoutMasks(dropoutPlaces(config, batch.B, batch.T, 'all'), seed + part, optimizer.steps());
    const outputs = await compiled.run({ ...batch.inputs, ...masks }, first ? into : undefined);
    if (!first) {
      for (const [name, sum] of optimizer.gradients) add(sum, outputs[gradientName(name)]!.data as Float32Array);
    }
    addRows(table, batch.ids, outputs[WORD_GRADIENT]!.data as Float32Array);
    return lossesOf(outputs);
  };

  return {
    optimizer,
    parameters,
    async step(parts, learningRate) {
      let [masked, pair] = [0, 0];
      for (const [number, part] of parts.entries()) {
        const losses = await gradient(part, number, number === 0);
        masked += losses.masked;
        pair += losses.pair ?? 0;
      }
      let squared = 0;
      for (const values of optimizer.gradients.values()) squared += squaredNorm(values);
      const gradientNorm = Math.sqrt(squared);
      if (Number.isFinite(gradientNorm)) optimizer.update(new Map(), learningRate, clippingScale(gradientNorm));
      return { masked, ...(pairs ? { pair } : {}), gradientNorm };
    },
    async rehearse(parts) {
      for (const [number, part] of parts.entries()) await gradient(part, number, number === 0);
    },
    async judge(batch) {
      const outputs = await (await session(batch, 'judge')).run({ ...batch.inputs });
      return { ...lossesOf(outputs), correct: outputs[CORRECT]!.data as Float32Array };
    },
    free: () => pool.dispose(),
    async dispose() {
      await pool.dispose();
      disposeParameters(parameters);
    },
  };
}

function lossesOf(outputs: Record<string, HostTensor>): PretrainingLosses {
  const pair = outputs[PAIR_LOSS]?.data[0];
  const masked = (outputs[MASKED_LOSS] ?? outputs[LOSS])!.data[0]!;
  return { masked, ...(pair === undefined ? {} : { pair }) };
}

function add(sum: Float32Array, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + values[i]!;
}

/** Adds the gradient of each looked-up word to its row of the table, in the order of the batch. */
function addRows(table: Float32Array, ids: Int32Array, rows: Float32Array): void {
  const width = rows.length / ids.length;
  for (let i = 0; i < ids.length; i++) {
    const [from, to] = [i * width, ids[i]! * width];
    for (let j = 0; j < width; j++) table[to + j] = table[to + j]! + rows[from + j]!;
  }
}
