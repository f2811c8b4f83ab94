import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configJson, parseConfig } from '../../../src/server/model/config';
import { ODD, ODD_JSON, failure, oddConfig } from './odd-bert';

const parse = (change: object) => parseConfig(JSON.stringify({ ...ODD_JSON, ...change }), 'm/config.json');
const refused = (change: object, reason: string, message: RegExp) =>
  assert.throws(() => parse(change), failure(reason, message));

test('sizes are read, the rest takes the defaults of transformers', () => {
  assert.deepEqual(ODD, {
    vocabSize: 17,
    hiddenSize: 10,
    layers: 3,
    heads: 5,
    intermediateSize: 13,
    activation: 'gelu',
    maxPositions: 11,
    typeVocabSize: 2,
    layerNormEps: 1e-12,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    classifierDropout: 0.1,
    initializerRange: 0.02,
    padTokenId: 0,
    head: 'cls',
    architectures: ['BertModel'],
  });
});

test('null, as transformers writes it, means the default; classifier dropout falls back to hidden dropout', () => {
  const config = parse({ classifier_dropout: null, pad_token_id: null, problem_type: null, hidden_dropout_prob: 0.25 });
  assert.equal(config.classifierDropout, 0.25);
  assert.equal(config.padTokenId, 0);
  assert.equal(parse({ classifier_dropout: 0.5 }).classifierDropout, 0.5);
});

test('labels come in the order of their ids, whatever the order of the keys', () => {
  const labels = parse({
    id2label: { 10: 'k', 2: 'c', 0: 'a', 1: 'b', 3: 'd', 4: 'e', 5: 'f', 6: 'g', 7: 'h', 8: 'i', 9: 'j' },
  }).labels;
  assert.deepEqual(labels, [...'abcdefghijk']);
});

test('what is written is read again, with any label names', () => {
  const labels = ['报警', '', ' x ', 'a"b', '__proto__', 'constructor', '2', '0'];
  const again = parseConfig(oddConfig(labels));
  assert.deepEqual(again.labels, labels);
  assert.deepEqual(
    { ...again, labels: undefined },
    { ...ODD, architectures: ['BertForSequenceClassification'], labels: undefined },
  );
  assert.equal(configJson(ODD, labels)['problem_type'], 'single_label_classification');
});

test('what is broken is refused by key', () => {
  refused({ hidden_size: '10' }, 'bad-model', /^m\/config\.json: hidden_size: .*number/);
  refused({ hidden_size: 12 }, 'bad-model', /hidden_size 12 .* num_attention_heads 5/);
  refused({ vocab_size: undefined }, 'bad-model', /vocab_size/);
  refused({ vocab_size: 0 }, 'bad-model', /vocab_size/);
  refused({ vocab_size: 1e12 }, 'bad-model', /vocab_size/);
  refused({ num_hidden_layers: 2.5 }, 'bad-model', /num_hidden_layers/);
  refused({ layer_norm_eps: 0 }, 'bad-model', /layer_norm_eps/);
  refused({ hidden_dropout_prob: 1 }, 'bad-model', /hidden_dropout_prob/);
  refused({ pad_token_id: 17 }, 'bad-model', /pad_token_id 17/);
  refused({ model_type: undefined }, 'bad-model', /model_type: is missing/);
  refused({ id2label: { 0: 'a', 2: 'b' } }, 'bad-model', /id2label.*no "1"/);
  refused({ id2label: { 0: 'a', 1: 'a' } }, 'bad-model', /id2label.*same name/);
  refused({ id2label: { 0: 'a', 1: 'b' }, label2id: { a: 1, b: 0 } }, 'bad-model', /label2id.*"a"/);
  refused({ id2label: { 0: 'a', 1: 'b' }, label2id: { a: 0, b: 1, c: 2 } }, 'bad-model', /label2id.*"c"/);
  refused({ id2label: { 0: 'a' }, label2id: 'a' }, 'bad-model', /label2id: is not an object/);
  assert.throws(() => parseConfig('{', 'm/config.json'), failure('bad-model', /^m\/config\.json: not valid JSON/));
  assert.throws(() => parseConfig(new Uint8Array([0xff, 0xfe]), 'm/config.json'), failure('bad-model', /UTF-8/));
  assert.throws(() => parseConfig('[1]', 'm/config.json'), failure('bad-model', /^m\/config\.json: /));
});

test('models that compute something else are refused, not run wrongly', () => {
  refused({ model_type: 'roberta' }, 'unsupported', /model_type is "roberta"/);
  refused({ hidden_act: 'gelu_new' }, 'unsupported', /hidden_act is "gelu_new"/);
  refused({ position_embedding_type: 'relative_key' }, 'unsupported', /position_embedding_type/);
  refused({ is_decoder: true }, 'unsupported', /is_decoder/);
  refused({ problem_type: 'regression' }, 'unsupported', /problem_type/);
});
