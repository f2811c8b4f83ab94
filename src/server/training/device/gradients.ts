import type { DeviceGraph, DeviceMemory, DeviceTensor, HostTensor } from '../../engine/engine';
import type { Weights } from '../../model/tensor-map';
import { dropoutMasks } from '../dropout';
import { type GradientSettings, type Pass, truthTensors } from '../gradients';
import { createPartition } from '../partition';
import { type Part, addsUp, masksOfPart, partsOf } from '../parts';
import { createSessionPool } from '../session-pool';
import { LOSS, SQUARED_NORM, gradientName, lossAndGradients } from '../step';
import type { LabelledBatch } from '../stepper';
import { createDeviceSum } from './sum';
import { type DeviceWeights, parametersOf, weightInputs } from './weights';

/** What a batch says of the weights; the gradients stay on the device. */
export interface DeviceGradient {
  readonly loss: number;
  /** The norm of all gradients. */
  readonly norm: number;
  readonly gradients: ReadonlyMap<string, DeviceTensor>;
}

/**
 * Computes gradients of batches on the device, as `createGradients` does on the CPU. The word embeddings' gradient is as large as their table: it is
 * added up there by row.
 * @param read weights that the pass reads beside those that are trained
 */
export function createDeviceGradients(
  memory: DeviceMemory,
  pass: Pass,
  weights: DeviceWeights,
  read: Weights,
  settings: GradientSettings,
): { of(batch: LabelledBatch): Promise<DeviceGradient>; dispose(): Promise<void> } {
  const pool = createSessionPool<DeviceGraph>(settings.memoryBudget);
  const inFewestParts = createPartition({
    parts: settings.parts ?? 1,
    addsUp: addsUp(settings.loss.name),
    onParts: settings.onParts,
  });
  const own = weights.optimizer.weights;
  const all: Weights = new Map([...own, ...read]);
  const sum = createDeviceSum(memory, own);

  const compile = (B: number, T: number): Promise<DeviceGraph> => {
    const graph = pass.graph(B, T);
    return memory.compile({
      inputs: { ...graph.inputs, ...weightInputs(all) },
      resident: [...own.keys()].map(gradientName),
      fn: (tensors) => {
        const parameters = parametersOf(all, tensors);
        const trained = [...own.keys()].map((name) => [name, parameters.get(name)!] as const);
        return lossAndGradients(() => graph.loss(parameters, tensors), trained, [], true).outputs;
      },
    });
  };
  const run = async (batch: LabelledBatch, masks: Record<string, HostTensor>) => {
    const [B, T] = [batch.B, pass.length(batch)];
    const graph = await pool.get(`${B}×${T}`, pass.bytes(B, T), () => compile(B, T));
    const inputs = { ...(await pass.inputs(batch)), ...truthTensors(batch), ...masks };
    const { host, device } = await graph.run({ ...inputs, ...(await weights.inputs()) });
    const gradients: ReadonlyMap<string, DeviceTensor> = new Map(
      [...own.keys()].map((name) => [name, device[gradientName(name)]!]),
    );
    return { loss: host[LOSS]!.data[0]!, squared: host[SQUARED_NORM]!.data[0]!, gradients };
  };
  const inParts = async (batch: LabelledBatch, masks: Record<string, HostTensor>, parts: readonly Part[]) => {
    const places = pass.places(parts[0]!.batch.B, pass.length(batch));
    let total: (Awaited<ReturnType<typeof run>> & { readonly share: number }) | undefined;
    try {
      for (const { batch: part, share, from } of parts) {
        const made = await run(part, masksOfPart(masks, places, batch.B, from));
        if (total === undefined) total = { ...made, loss: share * made.loss, share };
        else {
          const summed = await sum.add(total.gradients, total.share, made.gradients, share);
          total = { ...summed, loss: total.loss + share * made.loss, share: 1 };
        }
      }
      return total!;
    } catch (error) {
      for (const gradient of total?.gradients.values() ?? []) gradient.dispose();
      throw error;
    }
  };

  return {
    async of(batch) {
      const { B } = batch;
      const places = pass.places(B, pass.length(batch));
      const masks = dropoutMasks(places, settings.seed, weights.optimizer.steps());
      const { loss, squared, gradients } = await inFewestParts(
        B,
        (parts) => (parts === 1 ? run(batch, masks) : inParts(batch, masks, partsOf(batch, parts, settings.loss))),
        () => pool.dispose(),
      );
      return { loss, norm: Math.sqrt(squared), gradients };
    },
    async dispose() {
      await pool.dispose();
      await sum.dispose();
    },
  };
}
