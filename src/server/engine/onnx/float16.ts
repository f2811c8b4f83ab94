import { ATTRIBUTE_TYPE, ELEMENT_TYPE, type GraphProto } from './proto';
import { float16Of } from '../../model/float-formats';

/** The largest number of float16. What lies beyond, as the score that hides padding, would be infinite, and 0 · ∞ is no number. */
const LARGEST = 65504;

/** Turns a float32 graph into a float16 one, in place: weights and everything between. Results are float32. */
export function toFloat16(graph: GraphProto): void {
  for (const tensor of graph.initializer) {
    if (tensor.dataType !== ELEMENT_TYPE.float32) continue;
    const values = new Float32Array(tensor.rawData.buffer, tensor.rawData.byteOffset, tensor.rawData.byteLength / 4);
    const bounded = values.map((value) => Math.max(-LARGEST, Math.min(LARGEST, value)));
    tensor.rawData = new Uint8Array(float16Of(bounded).buffer);
    tensor.dataType = ELEMENT_TYPE.float16;
  }
  for (const node of graph.node) {
    for (const attribute of node.attribute)
      if (node.opType === 'Cast' && attribute.i === ELEMENT_TYPE.float32) attribute.i = ELEMENT_TYPE.float16;
  }
  const to = { name: 'to', type: ATTRIBUTE_TYPE.i, i: ELEMENT_TYPE.float32 };
  for (const { name, type } of graph.output) {
    if (type.tensorType.elemType !== ELEMENT_TYPE.float32) continue;
    const half = `${name}_float16`;
    for (const node of graph.node) {
      node.output = node.output.map((output) => (output === name ? half : output));
      node.input = node.input.map((input) => (input === name ? half : input));
    }
    graph.node.push({ name: `${name}_cast`, opType: 'Cast', domain: '', input: [half], output: [name], attribute: [to] }); // prettier-ignore
  }
}
