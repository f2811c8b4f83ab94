import { topologicalOrder } from '../onnx/emit';
import type { Value } from '../onnx/value';
import { type GraphBuilder } from './graph';
import { writeOperation } from './operations/write';

/**
 * Appends what `outputs` depend on to a graph and answers the names of values in it.
 * @param names the names of values that are there already, the graph's inputs
 * @param constant appends or names a constant
 */
export function writeTrace(
  graph: GraphBuilder,
  outputs: readonly Value[],
  names: Map<Value, string>,
  constant: (value: Value & { source: { kind: 'constant' } }) => string,
): (value: Value) => string {
  const nameOf = (value: Value): string => {
    let name = names.get(value);
    if (name !== undefined) return name;
    if (value.source.kind !== 'constant') throw new Error('A value was read before it was written.');
    name = constant(value as Parameters<typeof constant>[0]);
    names.set(value, name);
    return name;
  };
  for (const operation of topologicalOrder(outputs)) {
    const written = writeOperation(graph, operation, nameOf);
    operation.outputs.forEach((output, i) => names.set(output, written[i]!));
  }
  return nameOf;
}
