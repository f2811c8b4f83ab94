import type { Engine } from '../engine';
import type { Binding } from './binding';
import { createTensorflowEngine } from './engine';
import { findBinding } from './find-binding';
import type { ProductType } from './graph';
import { productType } from './processor';

/** What was loaded, by its path: a library is loaded once a process. */
const loaded = new Map<string, Binding>();

/**
 * Loads libtensorflow and makes the engine on it, or says in one line why it can't be used. The number of threads is that of the
 * first call.
 */
export function loadTensorflowEngine(
  threads: number,
  products: ProductType = productType(),
  found = findBinding(),
): Engine | { readonly problem: string } {
  if ('problem' in found) return found;
  // Read when the library is loaded. Warnings are TensorFlow's own; errors come as exceptions.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  try {
    const binding = loaded.get(found.binding) ?? open(found.binding);
    loaded.set(found.binding, binding);
    const { TF_Version: version } = binding;
    if (found.tensorflow !== undefined && version !== found.tensorflow)
      return {
        problem: `${found.binding} was loaded with libtensorflow ${version} in the place of ${found.tensorflow}`,
      };
    return createTensorflowEngine(binding, { threads, products });
  } catch (error) {
    const [message = ''] = (error as Error).message.split('\n');
    return { problem: `${found.binding} can't be loaded: ${message}` };
  }
}

function open(path: string): Binding {
  const module = { exports: {} as Binding };
  process.dlopen(module, path);
  return module.exports;
}
