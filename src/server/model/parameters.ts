import * as tf from '@tensorflow/tfjs-core';
import type { Parameters } from './bert';
import type { Weights } from './tensor-map';

/** Weights as constants, for inference. The memory is shared. Free them with `disposeParameters`. */
export function constantParameters(weights: Weights): Parameters {
  return new Map([...weights].map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape], 'float32')]));
}

/** Weights as variables whose memory is the weights' own: an optimizer that writes the arrays changes the next step. Free them with `disposeParameters`. */
export function variableParameters(weights: Weights): Parameters {
  return new Map(
    [...weights].map(([name, { data, shape }]) => {
      const initial = tf.tensor(data, [...shape], 'float32');
      // No names: tfjs keeps them in one register a process, where two models would meet.
      const variable = tf.variable(initial);
      // The variable shares its memory.
      initial.dispose();
      return [name, variable];
    }),
  );
}

/** Frees the tensors; the weights stay. */
export function disposeParameters(parameters: Parameters): void {
  for (const tensor of parameters.values()) tensor.dispose();
}
