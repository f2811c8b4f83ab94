import { dirname, join } from 'node:path';
import type { CudaRuntime } from '../../cuda/runtime';

/** The folder of onnxruntime-node's native files for this machine. */
export const nativeFolder = (): string =>
  join(dirname(require.resolve('onnxruntime-node')), '..', 'bin', 'napi-v6', process.platform, process.arch);

/** What {@link loadCuda} takes; plain data, so that it can be sent to another process. */
export interface CudaLoad extends CudaRuntime {
  /** The path at which onnxruntime-node will ask for its native part. */
  readonly binding: string;
}

/** What to load for a runtime. */
export const cudaLoad = (runtime: CudaRuntime): CudaLoad => ({
  ...runtime,
  binding: join(nativeFolder(), 'onnxruntime_binding.node'),
});

/**
 * Puts ONNX Runtime with CUDA in the place of onnxruntime-node's own native part. Must run before `onnxruntime-node` is loaded; a second call does
 * nothing. NVIDIA's libraries are opened first and stay: what is in the process already, the loader takes for the provider's needs, so that no
 * `LD_LIBRARY_PATH` has to be set. Node's `dlopen` is for its own modules and throws for others, but only after it has opened them, and RTLD_NODELETE
 * keeps them open.
 *
 * Uses nothing from outside its body and has no function within: its source also runs in the process that tries a device.
 * @throws Error where a library can't be opened: one line that names it
 */
export function loadCuda(load: CudaLoad, require: NodeJS.Require): void {
  if (require.cache[load.binding] !== undefined) return;
  // RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE of Linux; Node has no name for the last.
  const flags = 0x2 | 0x100 | 0x1000;
  for (const library of load.libraries) {
    try {
      process.dlopen({ exports: {} }, library, flags);
    } catch (error) {
      const [message = ''] = (error as Error).message.split('\n');
      if (message.startsWith('Module did not self-register')) continue;
      if (library.endsWith('libcuda.so.1')) throw new Error(`NVIDIA's driver is not installed (${message})`);
      throw new Error(`${library} can't be loaded: ${message}`);
    }
  }
  const module = { exports: {} };
  process.dlopen(module, `${load.folder}/onnxruntime_binding.node`);
  require.cache[load.binding] = {
    id: load.binding,
    filename: load.binding,
    loaded: true,
    exports: module.exports,
  } as NodeJS.Module;
}
