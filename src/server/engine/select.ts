import { availableParallelism } from 'node:os';
import type { Engine } from './engine';
import { createOnnxEngine } from './onnx/engine';

/** Where to compute. `auto`: the best device that really works here. */
export type Device = 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'directml' | 'coreml';

/** What to run models on. */
export interface EngineChoice {
  /** Threads inside one operation; all of the machine's by default. */
  readonly threads?: number;
  readonly device?: Device;
  /** Whether idle threads spin. */
  readonly spinning?: boolean;
}

/** Makes the engine. */
export function selectEngine(choice: EngineChoice = {}): Promise<Engine> {
  const threads = choice.threads ?? availableParallelism();
  return Promise.resolve(createOnnxEngine({ providers: ['cpu'], threads, spinning: choice.spinning ?? false }, 'cpu'));
}
