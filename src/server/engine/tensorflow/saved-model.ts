import type { Trace } from '../onnx/trace';
import type { Value } from '../onnx/value';
import { GraphBuilder, dataType, openShape, type } from './graph';
import { DATA_TYPE, type TensorInfo, encodeSavedModel } from './proto';
import { writeTrace } from './write-trace';

/**
 * Writes a traced function as `saved_model.pb` with the signature `serving_default`: a graph of TensorFlow's own operators. The weights are constants
 * in it, so that the file is all there is, and TensorFlow folds and prepacks them; 2 GB is the most that fits.
 */
export function writeSavedModel({ inputs, outputs, axes }: Trace): Uint8Array {
  const graph = new GraphBuilder(axes, inputs);
  const names = new Map<Value, string>();
  for (const [name, value] of Object.entries(inputs)) {
    const attributes = { dtype: type(dataType(value)), shape: { shape: openShape(axes, value.shape) } };
    names.set(value, graph.add('Placeholder', [], attributes, name));
  }
  const nameOf = writeTrace(graph, Object.values(outputs), names, (value) =>
    graph.constant(dataType(value), value.shape, value.source.data),
  );
  const results = Object.entries(outputs).map(([name, value]): [string, TensorInfo] => {
    graph.add('Identity', [nameOf(value)], { T: type(dataType(value)) }, name);
    return [name, tensorInfo(name, value)];
  });

  function tensorInfo(name: string, value: Value): TensorInfo {
    return { name: `${name}:0`, dtype: DATA_TYPE[dataType(value)], tensorShape: openShape(axes, value.shape) };
  }
  const given = Object.entries(inputs).map(([name, value]) => [name, tensorInfo(name, value)] as const);
  return encodeSavedModel(graph.nodes, Object.fromEntries(given), Object.fromEntries(results));
}
