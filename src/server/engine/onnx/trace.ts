import * as tf from '@tensorflow/tfjs-core';
import type { GraphSpec } from '../engine';
import { type Axes, chooseAxes, traceSize } from './axes';
import type { OnnxBackend } from './backend';
import type { Value } from './value';

/** What a traced function recorded. */
export interface Trace {
  /** The declared inputs by name. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** The results by name. */
  readonly outputs: Readonly<Record<string, Value>>;
  readonly axes: Axes;
}

/** Runs `spec.fn` once on tensors without values and returns what it recorded. */
export function trace(backend: OnnxBackend, spec: Pick<GraphSpec, 'inputs' | 'fn' | 'maximum'>): Trace {
  const axes = chooseAxes(spec.inputs, backend.sizes(), spec.maximum);
  const inputs: Record<string, Value> = {};
  const outputs: Record<string, Value> = {};
  tf.tidy(() => {
    const tensors: Record<string, tf.Tensor> = {};
    for (const [name, { dtype, shape }] of Object.entries(spec.inputs)) {
      const value: Value = {
        type: dtype,
        shape: shape.map((axis) => traceSize(axes, axis)),
        source: { kind: 'input', name },
      };
      inputs[name] = value;
      tensors[name] = tf.engine().makeTensorFromTensorInfo(backend.tensor(value));
    }
    for (const [name, tensor] of Object.entries(spec.fn(tensors))) outputs[name] = backend.value(tensor);
  });
  return { inputs, outputs, axes };
}
