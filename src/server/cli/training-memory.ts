import { freemem } from 'node:os';
import type { Engine } from '../engine/engine';

/** The share of a GPU's memory, or of what is free of ordinary memory, that training sessions may hold; weights, moments and whatever else runs have the rest. */
const SHARE = 0.5;

/**
 * Bytes that training sessions may hold together: on a GPU what the user asks for, else a share of its memory where that is known, and never more than the
 * share of free ordinary memory that the CPU's sessions have.
 * @param asked GiB of the GPU's memory; it says nothing of the CPU's
 * @param free bytes of ordinary memory
 */
export function trainingMemory(
  { device, deviceBytes = Infinity }: Pick<Engine, 'device' | 'deviceBytes'>,
  asked?: number,
  free = freemem(),
): number {
  const ordinary = SHARE * free;
  if (device === 'cpu') return ordinary;
  return asked === undefined ? Math.min(SHARE * deviceBytes, ordinary) : asked * 2 ** 30;
}
