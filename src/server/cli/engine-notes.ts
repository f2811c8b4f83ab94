import type { Engine } from '../engine/engine';

/**
 * What a user is to know of the engine before a training: why it is the CPU, or what keeps a GPU from its full speed.
 * @param stays whether the training leaves its weights on a device that keeps tensors
 */
export function engineNotes(
  { device, note, memory }: Pick<Engine, 'device' | 'note' | 'memory'>,
  stays = true,
): string[] {
  if (note !== undefined) return [note];
  if (device === 'cpu' || (stays && memory !== undefined)) return [];
  return [`${device}: weights and gradients are copied between the GPU and ordinary memory at each step`];
}
