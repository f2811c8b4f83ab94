import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Weights } from '../../../src/server/model/tensor-map';
import { CLASSIFIER, adoptWeights, expectedShapes, fillFresh } from '../../../src/server/model/weights';
import { ODD, failure, oddWeights, uniform } from './odd-bert';

/** A copy under other names; a name mapped to nothing is left out. */
function renamed(weights: Weights, rename: (name: string) => string | undefined): Weights {
  return new Map(
    [...weights].flatMap(([name, weight]) => (rename(name) === undefined ? [] : [[rename(name)!, weight] as const])),
  );
}
const without = (...parts: string[]) =>
  renamed(oddWeights(4), (name) => (parts.some((part) => name.startsWith(part)) ? undefined : name));
const refused = (weights: Weights, message: RegExp, config = ODD_CLASSIFIER) =>
  assert.throws(() => adoptWeights(weights, config, 'f'), failure('bad-model', message));

const ODD_CLASSIFIER = { ...ODD, architectures: ['BertForSequenceClassification'] };
const EXTRA = { shape: [1], data: new Float32Array(1) };

test('BERT-base has the tensors and the number of parameters that are known of it', () => {
  const base = {
    ...ODD,
    vocabSize: 21128,
    hiddenSize: 768,
    layers: 12,
    heads: 12,
    intermediateSize: 3072,
    maxPositions: 512,
  };
  const shapes = expectedShapes(base);
  const parameters = [...shapes.values()].reduce(
    (sum, shape) => sum + shape.reduce((product, axis) => product * axis, 1),
    0,
  );
  assert.equal(shapes.size, 199);
  assert.equal(parameters, 102_267_648); // `BertModel(config).num_parameters()` of bert-base-chinese.
  assert.deepEqual([...expectedShapes(base, 8)].slice(-2), [
    ['classifier.weight', [8, 768]],
    ['classifier.bias', [8]],
  ]);
});

test('names come with prefix or without, old or new, among other heads, in any order', () => {
  const weights = oddWeights(4);
  const expected = { weights, fresh: [], labelCount: 4 };
  const adopted = adoptWeights(new Map([...weights].reverse()), ODD_CLASSIFIER);
  assert.deepEqual(adopted, expected);
  assert.deepEqual([...adopted.weights.keys()], [...weights.keys()]);
  assert.deepEqual(
    adoptWeights(
      renamed(weights, (name) => name.replace(/^bert\./, '')),
      ODD_CLASSIFIER,
    ),
    expected,
  );
  const old = renamed(weights, (name) =>
    name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'),
  );
  assert.deepEqual(adoptWeights(old, ODD_CLASSIFIER), expected);
  const ignored = [
    'bert.embeddings.position_ids',
    'cls.predictions.bias',
    'cls.seq_relationship.weight',
    'qa_outputs.weight',
  ];
  assert.deepEqual(
    adoptWeights(new Map([...ignored.map((name) => [name, EXTRA] as const), ...weights]), ODD_CLASSIFIER),
    expected,
  );
});

test('a missing pooler and classifier are to be made, nothing else', () => {
  const { fresh, labelCount, weights } = adoptWeights(without('bert.pooler', 'classifier'), ODD_CLASSIFIER);
  assert.deepEqual(fresh, [
    'bert.pooler.dense.weight',
    'bert.pooler.dense.bias',
    'classifier.weight',
    'classifier.bias',
  ]);
  assert.equal(labelCount, undefined);
  assert.equal(weights.size, expectedShapes(ODD).size - 2);
  refused(
    without('bert.encoder.layer.2.output.LayerNorm.bias'),
    /no tensor "bert\.encoder\.layer\.2\.output\.LayerNorm\.bias"/,
  );
  refused(without('bert.pooler.dense.bias'), /no tensor "bert\.pooler\.dense\.bias", only the other half/);
  refused(without('classifier.weight'), /no tensor "classifier\.weight"/);
  refused(new Map(), /no tensor "bert\.embeddings\.word_embeddings\.weight"/);
});

test('the classifier of another task is not taken for one of texts', () => {
  const { fresh, labelCount } = adoptWeights(oddWeights(4), { ...ODD, architectures: ['BertForTokenClassification'] });
  assert.deepEqual([fresh, labelCount], [[...CLASSIFIER], undefined]);
  assert.equal(adoptWeights(oddWeights(4), { ...ODD, architectures: [] }).labelCount, 4);
});

test('unknown names, wrong shapes and doubles are refused by name', () => {
  const weights = oddWeights(4);
  refused(
    new Map([...weights, ['bert.encoder.layer.3.output.dense.weight', EXTRA]]),
    /"bert\.encoder\.layer\.3\..* 3 layers/,
  );
  refused(new Map([...weights, ['lstm.weight', EXTRA]]), /"lstm\.weight" belongs to no BERT/);
  refused(
    new Map([...weights, ['pooler.dense.bias', EXTRA]]),
    /"bert\.pooler\.dense\.bias" and "pooler\.dense\.bias" are the same/,
  );
  refused(weights, /word_embeddings\.weight" has shape \[17, 10\]; by config\.json it is \[18, 10\]/, {
    ...ODD_CLASSIFIER,
    vocabSize: 18,
  });
  refused(
    new Map([...weights, ['classifier.bias', EXTRA]]),
    /"classifier\.bias" has shape \[1\]; by config\.json it is \[4\]/,
  );
  refused(
    new Map([...weights, ['classifier.weight', { shape: [], data: new Float32Array(1) }]]),
    /"classifier\.weight" has shape \[\]/,
  );
});

test('a classifier of no labels is refused', () => {
  const empty = { shape: [0, 10], data: new Float32Array(0) };
  const none = { shape: [0], data: new Float32Array(0) };
  const weights = new Map([...without('classifier'), ['classifier.weight', empty], ['classifier.bias', none]] as const);
  refused(weights, /without labels/);
});

test('what is made anew is normal, what is there stays, the same for the same seed', () => {
  const config = { ...ODD, hiddenSize: 65, vocabSize: 301 };
  const made = fillFresh(new Map(), config, 3, uniform(7));
  assert.deepEqual(fillFresh(new Map(), config, 3, uniform(7)), made);
  const { data } = made.get('bert.embeddings.word_embeddings.weight')!;
  const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
  const deviation = Math.sqrt(data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length);
  const beyondTwo = data.filter((x) => Math.abs(x) > 0.04).length / data.length;
  assert.ok(Math.abs(mean) < 0.0006 && Math.abs(deviation - 0.02) < 0.0005, `mean ${mean}, deviation ${deviation}`);
  assert.ok(Math.abs(beyondTwo - 0.0455) < 0.006, `beyond two deviations: ${beyondTwo}`);
  assert.ok(made.get('bert.pooler.dense.bias')!.data.every((x) => x === 0));
  assert.ok(made.get('bert.embeddings.LayerNorm.weight')!.data.every((x) => x === 1));

  const encoder = without('bert.pooler', 'classifier');
  const complete = fillFresh(encoder, ODD, 6, uniform(1));
  assert.deepEqual([...complete.keys()], [...expectedShapes(ODD, 6).keys()]);
  for (const [name, weight] of encoder) assert.equal(complete.get(name), weight);
  assert.ok(complete.get('bert.pooler.dense.weight')!.data.every((x) => x !== 0));
  assert.throws(
    () => fillFresh(oddWeights(4), ODD, 6, uniform(1)),
    failure('bad-model', /"classifier\.weight" has shape \[4, 10\]/),
  );
});
