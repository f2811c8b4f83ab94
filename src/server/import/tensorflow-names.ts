import { RowlightError } from '../errors';
import { type StoredTensor, type StoredTensors, transpose } from './stored-tensor';

/**
 * The tensors of a checkpoint of google-research/bert under Hugging Face's names: `kernel` is a transposed `weight`, `gamma` and `beta` are a
 * norm's, tables have no name of their own, and run_classifier.py's classifier stands at the top.
 * @param file named in messages
 */
export function fromTensorflowNames(tensors: StoredTensors, file: string): StoredTensors {
  const renamed: StoredTensors = new Map();
  for (const [name, tensor] of tensors) {
    const turned = /\/kernel$/.test(name);
    renamed.set(huggingFaceName(name), turned ? transposed(name, tensor, file) : tensor);
  }
  return renamed;
}

const WHOLE: Readonly<Record<string, string>> = {
  output_weights: 'classifier.weight',
  output_bias: 'classifier.bias',
  'cls/predictions/output_bias': 'cls.predictions.bias',
  'cls/seq_relationship/output_weights': 'cls.seq_relationship.weight',
  'cls/seq_relationship/output_bias': 'cls.seq_relationship.bias',
};

function huggingFaceName(name: string): string {
  const whole = Object.hasOwn(WHOLE, name) ? WHOLE[name] : undefined;
  if (whole !== undefined) return whole;
  return name
    .replace(/\/layer_(\d+)\//, '/layer/$1/')
    .replace(/\/(kernel|gamma)$/, '/weight')
    .replace(/\/beta$/, '/bias')
    .replace(/(_embeddings)$/, '$1/weight')
    .replaceAll('/', '.');
}

function transposed(name: string, tensor: StoredTensor, file: string): StoredTensor {
  const [rows, columns, ...more] = tensor.shape;
  if (rows === undefined || columns === undefined || more.length > 0)
    throw new RowlightError('bad-model', `${file}: tensor "${name}" is no matrix`);
  return { shape: [columns, rows], read: async () => transpose(await tensor.read(), rows, columns) };
}
