import * as tf from '@tensorflow/tfjs-core';
// tfjs registers no gradients by itself.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { Engine } from '../engine';
import { writeSavedModel } from '../tensorflow/saved-model';
import { OnnxBackend } from './backend';
import { compile, evaluate } from './compile';
import { BACKEND } from './kernels/kernel';
import { registerKernels } from './kernels/register';
import { type SessionSettings, RUNTIME } from './session';
import { trace } from './trace';
import { writeOnnx } from './write';

let backend: OnnxBackend | undefined;
let current: SessionSettings;

/**
 * The engine on ONNX Runtime. tfjs keeps one backend a process, so a second call changes the settings of the first engine's later sessions too.
 * @param device the name shown for the first provider
 */
export function createOnnxEngine(settings: SessionSettings, device: string, note?: string): Engine {
  current = settings;
  if (backend === undefined) {
    registerKernels();
    const created = new OnnxBackend((value) => evaluate(value, current));
    tf.registerBackend(BACKEND, () => created);
    backend = created;
  }
  void tf.setBackend(BACKEND);
  const recording = backend;
  return {
    name: BACKEND,
    device,
    runtime: RUNTIME,
    threads: settings.threads,
    ...(note === undefined ? {} : { note }),
    compile: (spec) => compile(recording, spec, settings),
    write: (spec, format) => {
      const traced = trace(recording, spec);
      return format === 'saved-model' ? writeSavedModel(traced) : writeOnnx(traced, format);
    },
  };
}
