import type { LoadedClassifier } from '../runs/load-classifier';

/** What says how an exported model is run: three lines of Python, executed in its folder. */
export function exportReadme({ model, folder }: LoadedClassifier, format: 'hugging-face' | 'onnx' | 'saved-model') {
  const labels = model.labels.map((label, id) => `- ${id}: ${JSON.stringify(label)}`);
  return [
    '# A text classifier',
    '',
    'Written by Rowlight. To run it, in this folder:',
    '',
    ...(format === 'hugging-face' && folder.config.head !== 'cls' ? shell() : python(format, model.maxLength)),
    '',
    `Texts are cut to ${model.maxLength} tokens. ${
      folder.config.multiLabel
        ? 'A text has every label whose probability is at least 0.5.'
        : 'A text has the most probable label.'
    } The labels, by the number of their probability:`,
    '',
    ...labels,
    '',
  ].join('\n');
}

/** A head of Rowlight's own, which transformers does not know. */
function shell(): string[] {
  return ['```sh', 'echo "text" | rowlight predict . -', '```'];
}

function python(format: 'hugging-face' | 'onnx' | 'saved-model', maxLength: number): string[] {
  const tokenize = (folder: string, text: string) =>
    `inputs = AutoTokenizer.from_pretrained("${folder}")([${text}], padding=True, truncation=True, max_length=${maxLength}, return_tensors="np")`;
  const lines = {
    'hugging-face': [
      'from transformers import pipeline',
      'classify = pipeline("text-classification", model=".", top_k=None)',
      `print(classify(["text"], truncation=True, max_length=${maxLength}))`,
    ],
    onnx: [
      'import onnxruntime; from transformers import AutoTokenizer',
      tokenize('.', '"text"'),
      'print(onnxruntime.InferenceSession("model.onnx").run(["probabilities"], dict(inputs))[0])',
    ],
    'saved-model': [
      'import tensorflow as tf; from transformers import AutoTokenizer',
      tokenize('assets.extra', '"text"'),
      'print(tf.saved_model.load(".").signatures["serving_default"](**{to: tf.constant(inputs[name], tf.int32) for to, name in [("input_ids", "input_ids"), ("input_mask", "attention_mask"), ("segment_ids", "token_type_ids")]})["probabilities"].numpy())',
    ],
  }[format];
  return ['```python', ...lines, '```'];
}
