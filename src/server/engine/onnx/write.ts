import { MAX_PROTOBUF, tooLarge } from '../limits';
import type { GraphFormat } from '../engine';
import { emit } from './emit';
import { toFloat16 } from './float16';
import { ELEMENT_TYPE, ATTRIBUTE_TYPE, type GraphProto, type NodeProto, encodeModel } from './proto';
import { quantize } from './quantize';
import type { Trace } from './trace';

/** Writes a traced function as an ONNX file, weights inside. Throws where it is too large for one. */
export function writeOnnx({ inputs, outputs, axes }: Trace, format: Exclude<GraphFormat, 'saved-model'>): Uint8Array {
  const { graph } = emit(outputs, inputs, axes);
  if (format === 'onnx-int8') quantize(graph);
  if (format === 'onnx-float16') toFloat16(graph);
  widenInputs(graph);
  const bytes = graph.initializer.reduce((sum, { rawData }) => sum + rawData.byteLength, 0);
  if (bytes > MAX_PROTOBUF) throw tooLarge(bytes);
  return encodeModel(graph);
}

/** Writes a traced function as a file that computes as `compile` does: integer inputs as they are. */
export function writePlain({ inputs, outputs, axes }: Trace, precision: 'float32' | 'float16'): Uint8Array {
  const { graph } = emit(outputs, inputs, axes);
  if (precision === 'float16') toFloat16(graph);
  return encodeModel(graph);
}

/** Integer inputs as int64, which is what tokenizers of Hugging Face give; the graph goes on with int32. */
function widenInputs(graph: GraphProto): void {
  const casts: NodeProto[] = [];
  for (const { name, type } of graph.input) {
    if (type.tensorType.elemType !== ELEMENT_TYPE.int32) continue;
    type.tensorType.elemType = ELEMENT_TYPE.int64;
    const narrow = `${name}_int32`;
    for (const node of graph.node) node.input = node.input.map((input) => (input === name ? narrow : input));
    const to = { name: 'to', type: ATTRIBUTE_TYPE.i, i: ELEMENT_TYPE.int32 };
    casts.push({ name: `${name}_cast`, opType: 'Cast', domain: '', input: [name], output: [narrow], attribute: [to] });
  }
  graph.node.unshift(...casts);
}
