import type { Engine } from '../engine';
import { writeSavedModel } from '../tensorflow/saved-model';
import { compile, evaluate } from './compile';
import { createDeviceMemory, keepsTensors } from './device-memory';
import { BACKEND } from './kernels/kernel';
import { recordingBackend } from './recorder';
import { type SessionSettings, RUNTIME, isCpu } from './session';
import { trace } from './trace';
import { writeOnnx } from './write';

/**
 * The engine on ONNX Runtime. tfjs keeps one backend a process, so a second call changes with what the first engine computes what is read outside compiled functions.
 * @param device the name shown for the first provider
 */
export function createOnnxEngine(settings: SessionSettings, device: string, note?: string): Engine {
  const recording = recordingBackend((value) => evaluate(value, settings));
  return {
    name: BACKEND,
    device,
    runtime: RUNTIME,
    threads: settings.threads,
    ...(note === undefined ? {} : { note }),
    ...(isCpu(settings) ? {} : { onCpu: () => createOnnxEngine({ ...settings, providers: ['cpu'] }, 'cpu') }),
    ...(keepsTensors(settings) ? { memory: createDeviceMemory(recording, settings) } : {}),
    compile: (spec) => compile(recording, spec, settings),
    write: (spec, format) => {
      const traced = trace(recording, spec);
      return format === 'saved-model' ? writeSavedModel(traced) : writeOnnx(traced, format);
    },
  };
}
