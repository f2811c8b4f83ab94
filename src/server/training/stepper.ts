import type { Compiled, Engine } from '../engine/engine';
import { WORD_EMBEDDINGS } from '../model/bert';
import { classifierDropoutPlaces } from '../model/classifier';
import type { BertConfig } from '../model/config';
import { type PaddedBatch, batchTensors, compileLogits, logitsOf } from '../model/logits';
import { disposeParameters, variableParameters } from '../model/parameters';
import type { Weights } from '../model/tensor-map';
import { TEXT_INPUTS, type TextTensors } from '../model/text-graph';
import { type AdamW, type Moments, type OptimizerState, createAdamW } from './adamw';
import { clippingScale } from './clipping';
import { type GradientSettings, type Pass, createGradients } from './gradients';
import type { LossSettings } from './losses/loss';
import { compileStep, lossGraph } from './step';

/** A batch with its truth. */
export interface LabelledBatch extends PaddedBatch {
  /** `[B]` label ids. */
  readonly labels: Int32Array;
  /** `[B]`: 1 for a text, 0 for a row that only fills the batch up. */
  readonly weights: Float32Array;
}

/** What a stepper is made of. */
export interface StepperSettings extends GradientSettings {
  /** Moments and step count of a run that is resumed. */
  readonly state?: { readonly moments: Map<string, Moments>; readonly steps: number };
}

/** Trains weights, a batch at a time. */
export interface Stepper {
  /** What is trained, in ordinary memory: as it is now, or, where it is trained on a device, as it was when `read` was last called. */
  readonly optimizer: OptimizerState;
  /** Every weight of the model, trained or not; the trained ones are those of `optimizer`. */
  readonly weights: Weights;
  /** One step: forward, backward, clipping to a global norm of 1.0, AdamW. Returns the loss before the update and the norm before clipping. */
  step(batch: LabelledBatch, learningRate: number): Promise<{ loss: number; gradientNorm: number }>;
  /** Logits `[B, labels]` of the weights as they are now, without dropout. */
  logits(batch: PaddedBatch): Promise<Float32Array>;
  /** Brings weights and moments as they are now into ordinary memory, before they are saved. */
  read(): Promise<void>;
  dispose(): Promise<void>;
}

/** A stepper whose weights lie in ordinary memory. */
export interface HostStepper extends Stepper {
  readonly optimizer: AdamW;
}

/**
 * Makes a stepper that starts from `weights` and takes them over: the map is emptied.
 * @param isTrained which weights are trained; the others are read where they lie, and never copied
 */
export function createStepper(
  engine: Engine,
  config: BertConfig,
  weights: Weights,
  settings: StepperSettings,
  isTrained: (name: string) => boolean = () => true,
): HostStepper {
  const { own, frozen, order } = takeWeights(weights, isTrained);
  const optimizer = createAdamW(own, new Set([WORD_EMBEDDINGS]), undefined, settings.state);
  const all: Weights = new Map(order.map((name) => [name, (optimizer.weights.get(name) ?? frozen.get(name))!]));
  const parameters = variableParameters(all);
  const gradients = createGradients(wholeModel(config, settings.loss), optimizer, settings, (B, T) =>
    compileStep(engine, config, parameters, settings.loss, B, T, isTrained),
  );
  let forward: Compiled | undefined;

  return {
    optimizer,
    weights: all,
    async step(batch, learningRate) {
      const { loss, norm, words } = await gradients.of(batch);
      const rows = new Map(words === undefined ? [] : [[WORD_EMBEDDINGS, words]]);
      if (Number.isFinite(norm)) optimizer.update(rows, learningRate, clippingScale(norm));
      return { loss, gradientNorm: norm };
    },
    async logits(batch) {
      forward ??= await compileLogits(engine, config, parameters, 'live');
      return (await forward.run(batchTensors(batch))).logits!.data as Float32Array;
    },
    read: () => Promise.resolve(),
    async dispose() {
      await gradients.dispose();
      await forward?.dispose();
      disposeParameters(parameters);
    },
  };
}

/** Parts weights into those that are trained and the others, and empties the map: of a large model every copy counts. */
export function takeWeights(
  weights: Weights,
  isTrained: (name: string) => boolean,
): { own: Weights; frozen: Weights; order: string[] } {
  const own: Weights = new Map([...weights].filter(([name]) => isTrained(name)));
  const frozen: Weights = new Map([...weights].filter(([name]) => !isTrained(name)));
  const order = [...weights.keys()];
  weights.clear();
  return { own, frozen, order };
}

/** Batches of texts through the whole model. */
export function wholeModel(config: BertConfig, loss: LossSettings): Pass {
  return {
    length: ({ T }) => T,
    inputs: (batch) => Promise.resolve(batchTensors(batch)),
    places: (B, T) => classifierDropoutPlaces(config, B, T),
    bytes: (B, T) => activationBytes(config, B, T),
    graph: (B, T) => lossGraph(config, loss, B, T),
    forward: {
      inputs: TEXT_INPUTS,
      maximum: { length: config.maxPositions },
      fn: (parameters, texts) => logitsOf(config, parameters, texts as unknown as TextTensors),
    },
  };
}

/**
 * About what a session holds during a step: every activation that the backward pass needs, and the gradients on their way. Fitted to the
 * peak memory of BERT-base and zh-mini over lengths from 32 to 256: a layer keeps some 9 tensors of `[R, H]`, 3 of `[R, I]`, 3 of `[B, N, T, T]`.
 */
export function activationBytes(
  { layers, hiddenSize: H, intermediateSize: I, heads: N }: BertConfig,
  B: number,
  T: number,
): number {
  return 4 * layers * B * T * (9 * H + 3 * I + 3 * N * T);
}
