import type { Device } from '../../protocol/settings';

/** A device that was decided on. */
export type ConcreteDevice = Exclude<Device, 'auto'>;

/** ONNX Runtime's names of the execution providers. */
export const PROVIDERS: Readonly<Record<ConcreteDevice, string>> = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  cuda: 'cuda',
  directml: 'dml',
  coreml: 'coreml',
};

/**
 * Devices other than the CPU that onnxruntime-node 1.30 has on a platform (its README's table). CUDA is not in the npm package: its libraries
 * are a download of their own.
 */
export function devicesOf(platform: NodeJS.Platform): readonly ConcreteDevice[] {
  if (platform === 'linux') return ['cuda', 'webgpu'];
  if (platform === 'win32') return ['directml', 'webgpu'];
  return platform === 'darwin' ? ['coreml', 'webgpu'] : [];
}

/** What `auto` leaves aside: CoreML computes only parts of the graph and copies the rest back and forth. */
export const NOT_BY_ITSELF: readonly ConcreteDevice[] = ['coreml'];
