import type { Compiled, HostTensor } from '../engine/engine';
import type { DropoutPlace } from '../model/bert';
import { type AdamW, type RowGradient, squaredNorm, sumRows } from './adamw';
import { dropoutMasks } from './dropout';
import type { LossSettings } from './losses/loss';
import { type Part, addsUp, masksOfPart, partsOf, rowsOfPart } from './parts';
import { createSessionPool } from './session-pool';
import { LOSS, SQUARED_NORM, WORD_GRADIENT, gradientName } from './step';
import type { LabelledBatch } from './stepper';

/** Forward and backward pass of what is trained: the whole model, or its upper part. */
export interface Pass {
  /** The length of the graph that a batch runs through. */
  length(batch: LabelledBatch): number;
  /** What that graph reads of a batch beside truth and masks. */
  inputs(batch: LabelledBatch): Promise<Record<string, HostTensor>>;
  places(B: number, T: number): DropoutPlace[];
  /** Bytes that a session of this shape holds, about. */
  bytes(B: number, T: number): number;
  compile(B: number, T: number): Promise<Compiled>;
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
): { of(batch: LabelledBatch): Promise<BatchGradient>; dispose(): Promise<void> } {
  const { loss } = settings;
  const pool = createSessionPool(settings.memoryBudget);
  // Every gradient is written where the optimizer reads it.
  const into = Object.fromEntries(
    [...optimizer.gradients].map(([name, data]): [string, HostTensor] => {
      const { shape } = optimizer.weights.get(name)!;
      return [gradientName(name), { dtype: 'float32', shape, data }];
    }),
  );
  let parts = settings.parts ?? 1;

  const run = async (batch: LabelledBatch, masks: Record<string, HostTensor>, outputs?: typeof into) => {
    const [B, T] = [batch.B, pass.length(batch)];
    const compiled = await pool.get(`${B}×${T}`, pass.bytes(B, T), () => pass.compile(B, T));
    const inputs = {
      ...(await pass.inputs(batch)),
      labels: { dtype: 'int32', shape: [B], data: batch.labels },
      weights: { dtype: 'float32', shape: [B], data: batch.weights },
      ...masks,
    } satisfies Record<string, HostTensor>;
    return compiled.run(inputs, outputs);
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
    async of(batch) {
      const { B } = batch;
      // Drawn for the batch as a whole: the same elements are dropped in any number of parts.
      const masks = dropoutMasks(pass.places(B, pass.length(batch)), settings.seed, optimizer.steps());
      for (;;) {
        try {
          return parts === 1 ? await whole(batch, masks) : await inParts(batch, masks, partsOf(batch, parts, loss));
        } catch (error) {
          if (!isOutOfMemory(error) || !addsUp(loss.name) || rowsOfPart(B, parts) === 1) throw error;
          parts = Math.min(B, parts * 2);
          await pool.dispose();
          settings.onParts?.(parts);
        }
      }
    },
    dispose: () => pool.dispose(),
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

/** Whether ONNX Runtime, or JavaScript itself, says that memory did not suffice. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /bad_alloc|failed to allocate|out of memory|allocation failed/i.test(error.message);
}
