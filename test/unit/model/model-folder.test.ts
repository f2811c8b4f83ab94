import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadModelFolder, modelFolderFiles, resolveModelFolder } from '../../../src/server/model/model-folder';
import { safetensorsParts } from '../../../src/server/model/safetensors';
import type { Weights } from '../../../src/server/model/tensor-map';
import { nodeFiles } from '../../../src/server/node-files';
import { ODD, ODD_JSON, failure, joined, memoryFiles, oddConfig, oddWeights } from './odd-bert';

const LABELS = ['报警', '咨询', '投诉'];
const VOCAB = '[PAD]\r\n[UNK]\n';

const tensors = (weights: Weights) => joined(safetensorsParts(weights));
const base = (change: Record<string, string | Uint8Array | undefined> = {}) => {
  const all = {
    'm/config.json': oddConfig(LABELS),
    'm/model.safetensors': tensors(oddWeights(3)),
    'm/vocab.txt': VOCAB,
    ...change,
  };
  return memoryFiles(
    Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
  );
};
const refused = (files: ReturnType<typeof base>, reason: string, message: RegExp, path = 'm') =>
  assert.rejects(loadModelFolder(files, path), failure(reason, message));

test('a folder written is read again with weights, labels, tokenizer byte by byte and rowlight.json', async () => {
  const weights = oddWeights(3);
  const rowlight = {
    format: 1 as const,
    rowlight: '0.1.0',
    columns: { text: '问题', label: '场景' },
    headerless: false,
    maxLength: 64,
    loss: 'cross-entropy',
    arguments: { epochs: 3, base: 'models/zh-mini', resume: null },
    dataHash: 'ab',
    scores: { accuracy: 0.9, macroF1: 0.8, loss: 0.3 },
    base: 'models/zh-mini',
    recommended: { learningRate: 3e-4, epochs: 5 },
  };
  const tokenizer = { vocabTxt: VOCAB, tokenizerJson: '{}', tokenizerConfigJson: '{"do_lower_case":true}' };
  const written = modelFolderFiles({ config: ODD, weights, labels: LABELS, tokenizer, rowlight });
  const files = memoryFiles(Object.fromEntries(written.map(({ name, parts }) => [`m/${name}`, joined(parts)])));
  const model = await loadModelFolder(files, 'm');
  assert.deepEqual(model.weights, weights);
  assert.deepEqual(model.labels, LABELS);
  assert.deepEqual(model.rowlight, rowlight);
  assert.deepEqual(model.fresh, []);
  assert.deepEqual(model.config, { ...ODD, labels: LABELS, architectures: ['BertForSequenceClassification'] });
  assert.deepEqual(model.tokenizer, { ...tokenizer, vocabTxt: new TextEncoder().encode(VOCAB) });
  assert.deepEqual(
    written.map(({ name }) => name),
    ['config.json', 'model.safetensors', 'vocab.txt', 'tokenizer.json', 'tokenizer_config.json', 'rowlight.json'],
  );
});

test('weights that are not complete are not saved', () => {
  const weights = oddWeights(3);
  const save = (labels: string[]) =>
    modelFolderFiles({ config: ODD, weights, labels, tokenizer: {}, rowlight: { format: 1 } });
  assert.throws(() => save([...LABELS, 'x']), /"classifier\.weight" is missing or not \[4, 10\]/);
  weights.delete('bert.pooler.dense.bias');
  assert.throws(() => save(LABELS), /"bert\.pooler\.dense\.bias" is missing/);
});

test('a base model has no labels, a classifier without names gets those of transformers', async () => {
  const encoder = new Map([...oddWeights(3)].filter(([name]) => !name.startsWith('classifier.')));
  const model = await loadModelFolder(
    base({ 'm/config.json': JSON.stringify(ODD_JSON), 'm/model.safetensors': tensors(encoder) }),
    'm',
  );
  assert.equal(model.labels, undefined);
  assert.deepEqual(model.fresh, ['classifier.weight', 'classifier.bias']);
  const unnamed = JSON.stringify({ ...ODD_JSON, architectures: ['BertForSequenceClassification'] });
  assert.deepEqual((await loadModelFolder(base({ 'm/config.json': unnamed }), 'm')).labels, [
    'LABEL_0',
    'LABEL_1',
    'LABEL_2',
  ]);
});

test('a run folder means its best checkpoint', async () => {
  const checkpoint = {
    'm/config.json': undefined,
    'm/vocab.txt': undefined,
    'm/model.safetensors': undefined,
    'm/run.json': '{}',
  };
  const held = {
    'm/checkpoints/step-7/config.json': oddConfig(LABELS),
    'm/checkpoints/step-7/model.safetensors': tensors(oddWeights(3)),
    'm/checkpoints/step-7/vocab.txt': VOCAB,
  };
  const pointers = (best: string) => ({ 'm/checkpoints.json': JSON.stringify({ format: 1, best, last: 'step-9' }) });
  assert.equal(
    (await loadModelFolder(base({ ...checkpoint, ...held, ...pointers('step-7') }), 'm')).folder,
    'm/checkpoints/step-7',
  );
  await refused(
    base({ ...checkpoint, ...held, ...pointers('../../etc') }),
    'bad-model',
    /checkpoints\.json: best: is not the name/,
  );
  await refused(base(checkpoint), 'not-found', /this run has no checkpoint yet/);
});

test('a best checkpoint that is replaced while it is read is read in its new place', async () => {
  const place = (step: number) => ({
    [`m/checkpoints/step-${step}/config.json`]: oddConfig(LABELS),
    [`m/checkpoints/step-${step}/vocab.txt`]: VOCAB,
    [`m/checkpoints/step-${step}/model.safetensors`]: tensors(oddWeights(3)),
  });
  const before = memoryFiles({ ...place(1), 'm/checkpoints.json': '{"format":1,"best":"step-1","last":"step-1"}' });
  const after = memoryFiles({ ...place(2), 'm/checkpoints.json': '{"format":1,"best":"step-2","last":"step-2"}' });
  let files = before;
  const moving = {
    ...before,
    read: async (path: string) => {
      const content = files.read(path);
      if (path.endsWith('step-1/config.json')) files = after;
      return content;
    },
    exists: (path: string) => files.exists(path),
    list: (path: string) => files.list(path),
  };
  assert.equal((await loadModelFolder(moving, 'm')).folder, 'm/checkpoints/step-2');
});

test('what is missing or in another format is said with the remedy', async () => {
  await refused(memoryFiles({}), 'not-found', /^m: no such folder/);
  await refused(base({ 'm/config.json': undefined }), 'not-found', /no config\.json/);
  await refused(base({ 'm/vocab.txt': undefined }), 'not-found', /neither vocab\.txt nor tokenizer\.json/);
  const gone = { 'm/model.safetensors': undefined };
  await refused(base(gone), 'not-found', /no model\.safetensors/);
  const index = (file: string) => ({
    ...gone,
    'm/model.safetensors.index.json': `{ "weight_map": { "classifier.bias": "${file}" } }`,
  });
  await refused(base({ ...gone, 'm/model.safetensors.index.json': '{}' }), 'bad-model', /index\.json: weight_map/);
  await refused(base(index('part.safetensors')), 'bad-model', /names "part\.safetensors", which is not in the folder/);
  await refused(base(index('../../etc/passwd')), 'bad-model', /names "\.\.\/\.\.\/etc\/passwd"/);
  await refused(
    base({ ...gone, 'm/pytorch_model.bin': '' }),
    'unsupported',
    /pytorch_model\.bin only.*rowlight import m FOLDER/,
  );
  await refused(base({ ...gone, 'm/bert_model.ckpt.index': '' }), 'unsupported', /bert_model\.ckpt\.index only/);
  await refused(base({ 'm/config.json': oddConfig(['a', 'b']) }), 'bad-model', /id2label has 2 labels.* 3 rows/);
  await refused(base({ 'm/rowlight.json': '{"format":2}' }), 'unsupported', /later Rowlight/);
  await refused(
    base({ 'm/rowlight.json': '{"format":1,"maxLength":"x"}' }),
    'bad-model',
    /m\/rowlight\.json: maxLength/,
  );
  assert.equal(await resolveModelFolder(base(), 'm'), 'm');
});

const embedded = join(process.cwd(), 'models', 'zh-mini');
test('the embedded model is read', { skip: !existsSync(embedded) && 'models/zh-mini is not here' }, async () => {
  const model = await loadModelFolder(nodeFiles, embedded);
  assert.equal(model.config.hiddenSize, 256);
  assert.deepEqual(model.fresh, [
    'bert.pooler.dense.weight',
    'bert.pooler.dense.bias',
    'classifier.weight',
    'classifier.bias',
  ]);
  assert.equal(model.labels, undefined);
});
