import type { Attribute, Operation, Value } from '../onnx/value';
import { type GraphBuilder, dataType, type } from './graph';

/** Writes a recorded operation with TensorFlow's operators; `inputs` are the names of what it reads. Answers the name of its first output. */
type Write = (graph: GraphBuilder, operation: Operation, inputs: string[]) => string;

/** The recorded operators (ONNX's names) that a model's forward pass consists of. */
const OPERATIONS: Readonly<Record<string, Write>> = {
  ...plain({ Add: 'AddV2', Sub: 'Sub', Mul: 'Mul', Div: 'RealDiv', Tanh: 'Tanh', Sigmoid: 'Sigmoid', Softmax: 'Softmax' }), // prettier-ignore
  Equal: (graph, { inputs: [a] }, names) => graph.add('Equal', names, { T: type(dataType(a!)) }),
  Where: (graph, { inputs: [, t] }, names) => graph.add('SelectV2', names, { T: type(dataType(t!)) }),
  Cast: (graph, { inputs: [x], outputs: [y] }, names) =>
    graph.add('Cast', names, { SrcT: type(dataType(x!)), DstT: type(dataType(y!)) }),
  Reshape: (graph, { outputs: [y] }, [x]) =>
    graph.add('Reshape', [x!, graph.sizes(y!.shape)], { T: type(dataType(y!)), Tshape: type('int32') }),
  Expand: (graph, { outputs: [y] }, [x]) =>
    graph.add('BroadcastTo', [x!, graph.sizes(y!.shape)], { T: type(dataType(y!)), Tidx: type('int32') }),
  Transpose: (graph, { attributes, outputs: [y] }, [x]) =>
    graph.add('Transpose', [x!, graph.integers(integersOf(attributes['perm']))], {
      T: type(dataType(y!)),
      Tperm: type('int32'),
    }),
  Gather: (graph, { inputs, attributes }, [x, indices]) =>
    graph.add('GatherV2', [x!, indices!, graph.integers([integerOf(attributes['axis'])], 0)], {
      Tparams: type(dataType(inputs[0]!)),
      Tindices: type('int32'),
      Taxis: type('int32'),
    }),
  Concat: (graph, { inputs, attributes, outputs: [y] }, names) =>
    graph.add('ConcatV2', [...names, graph.integers([integerOf(attributes['axis'])], 0)], {
      N: { i: inputs.length },
      T: type(dataType(y!)),
      Tidx: type('int32'),
    }),
  Slice: slice,
  ReduceSum: reduce('Sum'),
  ReduceMax: reduce('Max'),
  ReduceMean: reduce('Mean'),
  MatMul: (graph, _, names) => graph.float('BatchMatMulV2', ...names),
  Gemm: (graph, { attributes }, [a, b, bias]) => {
    const flag = (name: string) => ({ b: integerOf(attributes[name]) === 1 });
    const product = graph.add('MatMul', [a!, b!], {
      T: type('float32'),
      transpose_a: flag('transA'),
      transpose_b: flag('transB'),
    });
    return bias === undefined ? product : graph.float('AddV2', product, bias);
  },
  // x·Φ(x)
  Gelu: (graph, _, [x]) => {
    const erf = graph.float('Erf', graph.float('Mul', x!, graph.scalar(Math.SQRT1_2)));
    const twice = graph.float('AddV2', erf, graph.scalar(1));
    return graph.float('Mul', graph.float('Mul', x!, graph.scalar(0.5)), twice);
  },
  LayerNormalization: (graph, { attributes }, [x, scale, bias]) => {
    const mean = (of: string) =>
      graph.add('Mean', [of, graph.integers([-1])], {
        T: type('float32'),
        Tidx: type('int32'),
        keep_dims: { b: true },
      });
    const centre = graph.float('Sub', x!, mean(x!));
    const variance = mean(graph.float('Square', centre));
    const epsilon = (attributes['epsilon'] as { f: number }).f;
    const inverse = graph.float('Rsqrt', graph.float('AddV2', variance, graph.scalar(epsilon)));
    return graph.float('AddV2', graph.float('Mul', graph.float('Mul', centre, inverse), scale!), bias!);
  },
};

/**
 * Appends a recorded operation to a graph.
 * @throws Error for an operator that no exported model has had so far
 */
export function writeOperation(graph: GraphBuilder, operation: Operation, inputs: string[]): string {
  const write = OPERATIONS[operation.type];
  if (write === undefined) throw new Error(`${operation.type} has no counterpart in TensorFlow here.`);
  return write(graph, operation, inputs);
}

/** Operators that differ in nothing but the name. */
function plain(names: Readonly<Record<string, string>>): Record<string, Write> {
  return Object.fromEntries(
    Object.entries(names).map(([onnx, op]): [string, Write] => [
      onnx,
      (graph, { outputs: [y] }, inputs) => graph.add(op, inputs, { T: type(dataType(y!)) }),
    ]),
  );
}

/** A part of a tensor: where axes begin, and for each the size of the result or, where it stays whole, all that is left. */
function slice(graph: GraphBuilder, { inputs, outputs: [y] }: Operation, [x]: string[]): string {
  const [starts, , axes] = inputs.slice(1).map(sizesOf) as [number[], number[], number[]];
  const begin = y!.shape.map((_, i) => starts[axes.indexOf(i)] ?? 0);
  const attributes = { T: type(dataType(y!)), Index: type('int32') };
  return graph.add('Slice', [x!, graph.sizes(begin), graph.sizes(y!.shape)], attributes);
}

function reduce(op: string): Write {
  return (graph, { inputs, attributes, outputs: [y] }, [x]) =>
    graph.add(op, [x!, graph.integers(sizesOf(inputs[1]))], {
      T: type(dataType(y!)),
      Tidx: type('int32'),
      keep_dims: { b: integerOf(attributes['keepdims']) === 1 },
    });
}

function sizesOf(value: Value | undefined): number[] {
  if (value?.source.kind !== 'sizes') throw new Error('Sizes are recorded as such.');
  return [...value.source.sizes];
}

function integerOf(attribute: Attribute | undefined): number {
  return (attribute as { i: number }).i;
}

function integersOf(attribute: Attribute | undefined): readonly number[] {
  return (attribute as { ints: readonly number[] }).ints;
}
