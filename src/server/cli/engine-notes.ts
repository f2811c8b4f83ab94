import type { Engine } from '../engine/engine';

/** What a user is to know of the engine before a training: why it is the CPU, or what keeps a GPU from its full speed. */
export function engineNotes({ device, note, memory }: Pick<Engine, 'device' | 'note' | 'memory'>): string[] {
  if (note !== undefined) return [note];
  if (device === 'cpu' || memory !== undefined) return [];
  return [`${device}: weights and gradients are copied between the GPU and ordinary memory at each step`];
}
