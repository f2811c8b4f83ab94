import type { Value } from '../onnx/value';
import type { Trace } from '../onnx/trace';
import type { Binding, OpAttribute } from './binding';
import { GraphBuilder, type ProductType, dataType } from './graph';
import { type AttrValue, DATA_TYPE, type NodeDef } from './proto';
import { writeTrace } from './write-trace';

/** One operation of a plan. Tensors are named by their slot. */
export interface Step {
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Slots that nothing reads afterwards. */
  readonly free: readonly number[];
}

/** A tensor that is there before the first step. */
export interface Constant {
  readonly slot: number;
  readonly shape: readonly number[];
  /** TensorFlow's number of the element type. */
  readonly dtype: number;
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** A traced function as a list of TensorFlow's operations, in order. */
export interface Plan {
  readonly slots: number;
  /** The slots of the inputs by name. */
  readonly inputs: ReadonlyMap<string, number>;
  readonly constants: readonly Constant[];
  /** Constants whose memory changes between runs. */
  readonly live: readonly Constant[];
  readonly steps: readonly Step[];
  /** The slots of the results by name. */
  readonly outputs: ReadonlyMap<string, number>;
}

/** @param isLive tells which constants' memory changes between runs */
export function makePlan(
  { inputs, outputs, axes }: Trace,
  binding: Binding,
  products: ProductType,
  isLive: (value: Value) => boolean,
): Plan {
  const graph = new GraphBuilder(axes, inputs, products);
  const slots = new Map<string, number>();
  const slotOf = (name: string): number => {
    const slot = slots.get(name) ?? slots.size;
    slots.set(name, slot);
    return slot;
  };
  const given = new Map(Object.keys(inputs).map((name) => [name, slotOf(name)]));
  const names = new Map(Object.entries(inputs).map(([name, value]) => [value, name]));
  const constants: Constant[] = [];
  const live: Constant[] = [];
  const nameOf = writeTrace(graph, Object.values(outputs), names, (value) => {
    const { shape, source } = value;
    // Small ones are shared with those that operators bring.
    if (source.data.length <= 1) return graph.constant(dataType(value), shape, source.data);
    const name = `constant ${constants.length + live.length}`;
    const into = isLive(value) ? live : constants;
    into.push({ slot: slotOf(name), shape, dtype: DATA_TYPE[dataType(value)], data: source.data });
    return name;
  });
  const results = new Map(Object.entries(outputs).map(([name, value]) => [name, slotOf(nameOf(value))]));
  const kept = new Set([...given.values(), ...results.values(), ...[...constants, ...live].map(({ slot }) => slot)]);
  const nodes = neededNodes(graph.nodes, [...results.keys()].map((name) => nameOf(outputs[name]!))); // prettier-ignore
  const steps: Step[] = [];
  for (const node of nodes) {
    if (node.op === 'Const') {
      const constant = constantOf(node, slotOf(node.name));
      constants.push(constant);
      kept.add(constant.slot);
    } else {
      steps.push({
        op: node.op,
        attributes: Object.entries(node.attr).map(([name, value]) => attributeOf(binding, name, value)),
        inputs: node.input.map(slotOf),
        outputs: outputNames(node).map(slotOf),
        free: [],
      });
    }
  }
  return { slots: slots.size, inputs: given, constants, live, steps: withFrees(steps, kept), outputs: results };
}

/** The nodes that results depend on, in order. */
function neededNodes(nodes: readonly NodeDef[], results: readonly string[]): NodeDef[] {
  const needed = new Set(results);
  const kept: NodeDef[] = [];
  for (const node of [...nodes].reverse()) {
    if (!outputNames(node).some((name) => needed.has(name))) continue;
    kept.push(node);
    for (const input of node.input) needed.add(input);
  }
  return kept.reverse();
}

function outputNames({ name, op, attr }: NodeDef): string[] {
  const count = op === 'SplitV' ? (attr['num_split'] as { i: number }).i : 1;
  return Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}:${i}`));
}

function withFrees(steps: readonly Step[], kept: ReadonlySet<number>): Step[] {
  const seen = new Set(kept);
  return [...steps]
    .reverse()
    .map((step) => {
      const free = [...new Set([...step.inputs, ...step.outputs])].filter((slot) => !seen.has(slot));
      for (const slot of free) seen.add(slot);
      return { ...step, free };
    })
    .reverse();
}

function constantOf({ attr }: NodeDef, slot: number): Constant {
  const { tensor } = attr['value'] as Extract<AttrValue, { tensor: unknown }>;
  const { dtype, tensorShape, tensorContent } = tensor;
  const { buffer, byteOffset, byteLength } = tensorContent;
  const data =
    dtype === DATA_TYPE.float32
      ? new Float32Array(buffer, byteOffset, byteLength / 4)
      : dtype === DATA_TYPE.int32
        ? new Int32Array(buffer, byteOffset, byteLength / 4)
        : tensorContent;
  return { slot, dtype, shape: tensorShape.dim.map(({ size }) => size), data };
}

function attributeOf(binding: Binding, name: string, value: AttrValue): OpAttribute {
  if ('i' in value) return { name, type: binding.TF_ATTR_INT, value: value.i };
  if ('b' in value) return { name, type: binding.TF_ATTR_BOOL, value: value.b };
  if ('type' in value) return { name, type: binding.TF_ATTR_TYPE, value: value.type };
  throw new Error(`The attribute ${name} is of no kind that operators have here.`);
}
