import type { Attribute, Operation, Value } from '../../onnx/value';
import { type GraphBuilder, dataType, type } from '../graph';
import type { AttrValue } from '../proto';

/** A recorded operation with what it takes to write it. */
export interface Written {
  readonly graph: GraphBuilder;
  readonly operation: Operation;
  /** The first output. */
  readonly y: Value;
  /** The names of the inputs, sizes left out. */
  readonly names: readonly string[];
  /** The name of any value that was recorded before. */
  readonly nameOf: (value: Value) => string;
}

/** Writes a recorded operation with TensorFlow's operators. Answers the name of its output, or those of all. */
export type Write = (written: Written) => string | readonly string[];

/** Operators that differ in nothing but the name, with the type of the result. */
export function plain(names: Readonly<Record<string, string>>): Record<string, Write> {
  return named(names, ({ y }) => ({ T: type(dataType(y)) }));
}

/** Operators by the names they have here and there. */
export function named(
  names: Readonly<Record<string, string>>,
  attributes: (written: Written) => Record<string, AttrValue>,
): Record<string, Write> {
  return Object.fromEntries(
    Object.entries(names).map(([onnx, op]): [string, Write] => [
      onnx,
      (written) => written.graph.add(op, written.names, attributes(written)),
    ]),
  );
}

/** Sizes among the inputs of an operation. */
export function sizesOf(value: Value | undefined): number[] {
  if (value?.source.kind !== 'sizes') throw new Error('Sizes are recorded as such.');
  return [...value.source.sizes];
}

/** An attribute that holds an integer. */
export function integerOf({ attributes }: Operation, name: string): number {
  return (attributes[name] as { i: number }).i;
}

/** An attribute that holds a float. */
export function floatOf({ attributes }: Operation, name: string): number {
  return (attributes[name] as { f: number }).f;
}

/** An attribute that holds integers. */
export function integersOf(attribute: Attribute | undefined): readonly number[] {
  return (attribute as { ints: readonly number[] }).ints;
}
