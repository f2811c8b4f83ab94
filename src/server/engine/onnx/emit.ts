import { type Axes, symbolic } from './axes';
import {
  ATTRIBUTE_TYPE,
  ELEMENT_TYPE,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './proto';
import type { Attribute, ConstantData, Operation, Value } from './value';

/** A graph ready to be serialized, with the names its inputs and outputs got. */
export interface EmittedGraph {
  readonly graph: GraphProto;
  /** Values that are fed at each run, by graph input name. */
  readonly inputs: ReadonlyMap<string, Value>;
}

/**
 * Writes the part of the recorded graph that `outputs` depend on as an ONNX graph: topological order, repeated constants once, sizes of named
 * axes read from the shapes of the inputs that carry them.
 * @param outputs the results by name
 * @param inputs the declared inputs by name; they stay in the graph's signature even where nothing uses them
 * @param axes the named axes of the trace
 * @param isLive tells which constants are fed at each run (a variable's own memory) and under which name
 */
export function emit(
  outputs: Readonly<Record<string, Value>>,
  inputs: Readonly<Record<string, Value>>,
  axes: Axes,
  isLive: (value: Value) => string | undefined = () => undefined,
): EmittedGraph {
  const names = new Map<Value, string>();
  const constants = new Map<string, string>();
  const sizeNames = new Map<string, string>();
  const graph: GraphProto = { name: 'rowlight', node: [], initializer: [], input: [], output: [] };
  const fed = new Map<string, Value>();
  let counter = 0;
  const fresh = (hint: string) => `${hint}_${counter++}`;

  const node = (
    type: string,
    input: string[],
    output: string[],
    attributes: Record<string, Attribute> = {},
    domain = '',
  ) => {
    graph.node.push({ name: fresh(type), opType: type, domain, input, output, attribute: attributeProtos(attributes) });
    return output[0]!;
  };
  const int64s = (values: readonly number[], dims: number[]) => {
    const key = `int64:${dims.join()}:${values.join()}`;
    let name = constants.get(key);
    if (name === undefined) {
      name = fresh('sizes');
      const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
      graph.initializer.push({ name, dims, dataType: ELEMENT_TYPE.int64, rawData });
      constants.set(key, name);
    }
    return name;
  };
  /** The run-time size of a named axis as an int64 vector of one element. */
  const axisSize = (axis: string): string => {
    let name = sizeNames.get(axis);
    if (name === undefined) {
      const prime = axes.primes.get(axis);
      const [input, value] = Object.entries(inputs).find(([, value]) => value.shape.includes(prime!))!;
      const shape = node('Shape', [input], [fresh('shape')]);
      name = node('Gather', [shape, int64s([value.shape.indexOf(prime!)], [1])], [fresh(axis)]);
      sizeNames.set(axis, name);
    }
    return name;
  };
  const sizesVector = (dimensions: readonly number[]): string => {
    const symbols = dimensions.map((size) => symbolic(axes, size));
    if (symbols.every((symbol) => symbol.axes.length === 0)) return int64s(dimensions, [dimensions.length]);
    const key = `vector:${dimensions.join()}`;
    const known = sizeNames.get(key);
    if (known !== undefined) return known;
    const parts = symbols.map(({ factor, axes: product }) => {
      let part: string | undefined;
      for (const axis of product)
        part = part === undefined ? axisSize(axis) : node('Mul', [part, axisSize(axis)], [fresh('size')]);
      if (part === undefined) return int64s([factor], [1]);
      return factor === 1 ? part : node('Mul', [part, int64s([factor], [1])], [fresh('size')]);
    });
    const name = node('Concat', parts, [fresh('sizes')], { axis: { i: 0 } });
    sizeNames.set(key, name);
    return name;
  };

  const nameOf = (value: Value): string => {
    let name = names.get(value);
    if (name !== undefined) return name;
    const { source } = value;
    if (source.kind === 'sizes') {
      name = sizesVector(source.sizes);
    } else if (source.kind === 'constant') {
      const live = isLive(value);
      if (live !== undefined) {
        name = live;
        graph.input.push(valueInfo(live, value, axes));
        fed.set(live, value);
      } else {
        if (value.shape.some((size) => symbolic(axes, size).axes.length > 0)) {
          throw new Error(`A constant of shape [${value.shape.join()}] has the size of a named axis: use tf.fill.`);
        }
        const key = smallKey(value, source.data);
        name = key === undefined ? undefined : constants.get(key);
        if (name === undefined) {
          name = fresh('constant');
          graph.initializer.push(tensorProto(name, value, source.data));
          if (key !== undefined) constants.set(key, name);
        }
      }
    } else {
      throw new Error('An input of another trace was used in this one.');
    }
    names.set(value, name);
    return name;
  };

  for (const [name, value] of Object.entries(inputs)) {
    names.set(value, name);
    graph.input.push(valueInfo(name, value, axes));
    fed.set(name, value);
  }
  // A result keeps the name it is asked for, so that it is written straight into the caller's memory.
  const resultNames = new Map<Value, string>();
  for (const [name, value] of Object.entries(outputs)) {
    if (value.source.kind === 'operation' && !resultNames.has(value)) resultNames.set(value, name);
  }
  for (const operation of topologicalOrder(Object.values(outputs))) {
    const inputNames = operation.inputs.map((input) => (input === undefined ? '' : nameOf(input)));
    // An optional input at the end is left out; other tools take an empty name there for a mistake.
    while (inputNames.at(-1) === '') inputNames.pop();
    const outputNames = operation.outputs.map((output) => {
      const name = resultNames.get(output) ?? fresh(operation.type);
      names.set(output, name);
      return name;
    });
    node(operation.type, inputNames, outputNames, operation.attributes, operation.domain);
  }
  for (const [name, value] of Object.entries(outputs)) {
    // A result that is an input, a constant or another result needs a node of its own.
    if (resultNames.get(value) !== name) node('Identity', [nameOf(value)], [name]);
    graph.output.push(valueInfo(name, value, axes));
  }
  return { graph, inputs: fed };
}

/** The operations that `outputs` depend on, each after those it depends on. Iterative: training graphs are thousands deep. */
export function topologicalOrder(outputs: readonly Value[]): Operation[] {
  const order: Operation[] = [];
  const state = new Map<Operation, 'open' | 'done'>();
  const operationOf = (value: Value | undefined) =>
    value?.source.kind === 'operation' ? value.source.operation : undefined;
  const stack = outputs.map(operationOf).filter((operation) => operation !== undefined);
  while (stack.length > 0) {
    const operation = stack[stack.length - 1]!;
    if (state.get(operation) === undefined) {
      state.set(operation, 'open');
      for (const input of operation.inputs) {
        const previous = operationOf(input);
        if (previous !== undefined && state.get(previous) === undefined) stack.push(previous);
      }
    } else {
      stack.pop();
      if (state.get(operation) === 'open') {
        state.set(operation, 'done');
        order.push(operation);
      }
    }
  }
  return order;
}

/** A key under which equal small constants are shared; large ones are compared by identity alone. */
function smallKey(value: Value, data: ConstantData): string | undefined {
  return data.length <= 16
    ? `${value.type}:${value.shape.join()}:${[...data].map((x) => (Object.is(x, -0) ? '-0' : x)).join()}`
    : undefined;
}

function tensorProto(name: string, value: Value, data: ConstantData): TensorProto {
  const bytes = value.type === 'int64' ? BigInt64Array.from(data as Int32Array, BigInt) : data;
  const rawData = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { name, dims: [...value.shape], dataType: ELEMENT_TYPE[value.type], rawData };
}

function valueInfo(name: string, value: Value, axes: Axes): ValueInfoProto {
  const dim = value.shape.map((size) => {
    const symbol = symbolic(axes, size);
    if (symbol.axes.length === 0) return { dimValue: size };
    return {
      dimParam:
        symbol.factor === 1 && symbol.axes.length === 1 ? symbol.axes[0]! : [symbol.factor, ...symbol.axes].join('*'),
    };
  });
  return { name, type: { tensorType: { elemType: ELEMENT_TYPE[value.type], shape: { dim } } } };
}

function attributeProtos(attributes: Readonly<Record<string, Attribute>>): NodeProto['attribute'] {
  return Object.entries(attributes).map(([name, attribute]) => {
    if ('i' in attribute) return { name, type: ATTRIBUTE_TYPE.i, i: attribute.i };
    if ('f' in attribute) return { name, type: ATTRIBUTE_TYPE.f, f: attribute.f };
    if ('s' in attribute) return { name, type: ATTRIBUTE_TYPE.s, s: new TextEncoder().encode(attribute.s) };
    return { name, type: ATTRIBUTE_TYPE.ints, ints: [...attribute.ints] };
  });
}
