import * as tf from '@tensorflow/tfjs-core';
// tfjs registers no gradients by itself.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { type Evaluate, OnnxBackend } from './backend';
import { BACKEND } from './kernels/kernel';
import { registerKernels } from './kernels/register';
import type { Value } from './value';

let recorder: OnnxBackend | undefined;
let current: Evaluate = () => Promise.reject(new Error('There is no engine yet that could compute this.'));

/**
 * The backend that records, of which tfjs keeps one a process, whatever runs the records.
 * @param evaluate computes what is read outside a compiled function, from now on; as before where it is left out
 */
export function recordingBackend(evaluate: Evaluate = current): OnnxBackend {
  current = evaluate;
  if (recorder === undefined) {
    registerKernels();
    const created = new OnnxBackend((value) => current(value));
    tf.registerBackend(BACKEND, () => created);
    recorder = created;
  }
  void tf.setBackend(BACKEND);
  return recorder;
}

/** The variables that exist now, by the value that holds their memory. */
export function registeredVariables(backend: OnnxBackend): Map<Value, string> {
  return new Map(
    Object.values(tf.engine().registeredVariables).map((variable) => [
      backend.value(variable),
      `variable:${variable.name}`,
    ]),
  );
}
