import type { FasterDtype } from '../../protocol/status';
import { RowlightError } from '../errors';
import type { Engine, Precision } from './engine';

/** What a user may have a model compute in; `auto` is int8 on a CPU and float16 on a GPU, where that gives nearly the same answers sooner. */
export const DTYPES = ['auto', 'float32', 'float16', 'int8'] as const;

/** One of {@link DTYPES}. */
export type DtypeChoice = (typeof DTYPES)[number];

/** The precision that may take float32's place on an engine's device, where a model's answers allow it; undefined: none. */
export function fasterDtype({
  name,
  device,
  float16,
}: Pick<Engine, 'name' | 'device' | 'float16'>): FasterDtype | undefined {
  if (name !== 'onnx') return undefined;
  if (device === 'cpu') return 'int8';
  return float16 ? 'float16' : undefined;
}

/**
 * Refuses a precision that was asked for by hand and that a device lacks.
 * @param faster what {@link fasterDtype} says of the engine `name` there
 * @throws RowlightError `unsupported`
 */
export function requireDtype(dtype: Precision, name: string, device: string, faster: FasterDtype | undefined): void {
  if (dtype === 'float32' || dtype === faster) return;
  const why =
    name !== 'onnx'
      ? `is for the engine onnx, and ${name} computes`
      : dtype === 'int8'
        ? `is for the CPU, and ${device} computes`
        : device === 'cpu'
          ? 'is for a GPU, and the CPU computes'
          : `is not what ${device} has here (rowlight doctor says why)`;
  throw new RowlightError('unsupported', `--dtype ${dtype} ${why}; leave it out`);
}
