import { ELEMENT_TYPE, type GraphProto, type NodeProto, type TensorProto } from './proto';

/**
 * The largest weight: 63, so that weights have 7 bits. Processors without VNNI or dot products add two products of 8 bits in 16, which
 * 2 · 255 · 63 fits and 2 · 255 · 127 does not. So every processor computes the same integers, and the error of a layer hardly grows
 * (0.034 instead of 0.032 of its output), for most of it comes from the activations.
 */
const LARGEST = 63;

/** Layers with fewer outputs stay as they are: a classifier costs nothing, and what it adds up is what is shown. */
const FEWEST_OUTPUTS = 64;

/**
 * Replaces the dense layers of a graph (`Gemm` with a constant `[out, in]` weight) by products of 8-bit integers, in place: weights with a scale an
 * output, activations with a scale and a zero point a tensor, computed once for all layers that read it (query, key and value).
 *
 * `DynamicQuantizeLinear` + `MatMulIntegerToFloat` is what ONNX Runtime's own fusion makes of `MatMulInteger` with scales; written as it is,
 * nothing depends on the fusion.
 */
export function quantize(graph: GraphProto): void {
  const weights = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const quantized = new Map<string, [string, string, string]>();
  const nodes: NodeProto[] = [];
  for (const node of graph.node) {
    const weight = denseWeight(node, weights);
    if (weight === undefined) {
      nodes.push(node);
      continue;
    }
    const [x, , bias] = node.input as [string, string, string | undefined];
    let activation = quantized.get(x);
    if (activation === undefined) {
      activation = [`${x}_quantized`, `${x}_scale`, `${x}_zero`];
      nodes.push({ name: `${x}_quantize`, opType: 'DynamicQuantizeLinear', domain: '', input: [x], output: activation, attribute: [] }); // prettier-ignore
      quantized.set(x, activation);
    }
    const [value, scale, zero] = activation;
    const [integers, scales] = [`${weight.name}_int8`, `${weight.name}_scale`];
    if (!weights.has(integers)) {
      for (const tensor of quantizeWeight(weight, integers, scales)) weights.set(tensor.name, tensor);
    }
    nodes.push({
      ...node,
      opType: 'MatMulIntegerToFloat',
      domain: 'com.microsoft',
      input: [value, integers, scale, scales, zero, '', ...(bias === undefined ? [] : [bias])],
      attribute: [],
    });
  }
  graph.node = nodes;
  const used = new Set([...nodes.flatMap(({ input }) => input), ...graph.output.map(({ name }) => name)]);
  graph.initializer = [...weights.values()].filter(({ name }) => used.has(name));
}

/** The weight of a dense layer that is worth it, or undefined. */
function denseWeight(node: NodeProto, weights: ReadonlyMap<string, TensorProto>): TensorProto | undefined {
  if (node.opType !== 'Gemm') return undefined;
  const flag = (name: string) => node.attribute.find((attribute) => attribute.name === name)?.i ?? 0;
  const weight = weights.get(node.input[1]!);
  if (flag('transA') !== 0 || flag('transB') !== 1 || weight?.dataType !== ELEMENT_TYPE.float32) return undefined;
  return weight.dims[0]! >= FEWEST_OUTPUTS ? weight : undefined;
}

/** A weight `[out, in]` as integers `[in, out]`, as the operator reads them, and a scale for each output. */
function quantizeWeight({ dims, rawData }: TensorProto, integers: string, scales: string): TensorProto[] {
  const [outputs, inputs] = dims as [number, number];
  const values = new Float32Array(rawData.buffer, rawData.byteOffset, rawData.byteLength / 4);
  const result = new Int8Array(values.length);
  const scale = new Float32Array(outputs);
  for (let out = 0; out < outputs; out++) {
    const row = out * inputs;
    let largest = 0;
    for (let i = 0; i < inputs; i++) largest = Math.max(largest, Math.abs(values[row + i]!));
    // A row of zeros has no scale of its own; NaN and infinity stay what they are, in the scale.
    const step = largest === 0 ? 1 : Math.fround(largest / LARGEST);
    scale[out] = step;
    for (let i = 0; i < inputs; i++) result[i * outputs + out] = Math.round(values[row + i]! / step);
  }
  return [
    { name: integers, dims: [inputs, outputs], dataType: ELEMENT_TYPE.int8, rawData: new Uint8Array(result.buffer) },
    { name: scales, dims: [outputs], dataType: ELEMENT_TYPE.float32, rawData: new Uint8Array(scale.buffer) },
  ];
}
