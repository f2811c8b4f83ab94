import type { Operation, Value } from '../../onnx/value';
import type { GraphBuilder } from '../graph';
import { COMPOSITES } from './composites';
import { ELEMENTWISE } from './elementwise';
import type { Write } from './operation';
import { PRODUCTS } from './products';
import { REDUCTIONS } from './reductions';
import { SHAPES } from './shapes';

/** The recorded operators, by ONNX's names. */
const OPERATIONS: Readonly<Record<string, Write>> = {
  ...ELEMENTWISE,
  ...SHAPES,
  ...REDUCTIONS,
  ...PRODUCTS,
  ...COMPOSITES,
};

/**
 * Appends a recorded operation to a graph. Answers the names of its outputs.
 * @throws Error for an operator that no kernel records
 */
export function writeOperation(
  graph: GraphBuilder,
  operation: Operation,
  nameOf: (value: Value) => string,
): readonly string[] {
  const write = OPERATIONS[operation.type];
  if (write === undefined) throw new Error(`${operation.type} has no counterpart in TensorFlow here.`);
  const names = operation.inputs.flatMap((input) =>
    input === undefined || input.source.kind === 'sizes' ? [] : [nameOf(input)],
  );
  const written = write({ graph, operation, y: operation.outputs[0]!, names, nameOf });
  return typeof written === 'string' ? [written] : written;
}
