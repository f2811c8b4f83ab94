/** What a server answers is untrusted: it is read within bounds or refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Malformed, parseModels, parseResults, parseRevision } from '../../../src/server/remote/answers';

const card = { name: 'desk', revision: 'r1', labels: ['甲', '__proto__', '3'], maxLength: 16 };
const limits = { body: 1000, texts: 10, characters: 100 };
const result = (probabilities: string, label = '甲'): unknown =>
  JSON.parse(
    `{"revision":"r1","results":[{"label":"${label}","probability":0.9,"probabilities":${probabilities},"truncated":true}]}`,
  );

test('probabilities come back in the order of the labels, whatever these are called', () => {
  const [prediction] = parseResults(result('{"3":0.05,"__proto__":0.05,"甲":0.9}'), card, 1);
  assert.deepEqual(prediction, {
    label: '甲',
    probability: 0.9,
    probabilities: [0.9, 0.05, 0.05],
    truncated: true,
    tokens: 0,
  });
  assert.equal(parseRevision(result('{}')), 'r1');
});

test('a model without numbers has no answer', () => {
  const json = { results: [{ label: null, probability: null, probabilities: null, truncated: false }] };
  assert.ok(Number.isNaN(parseResults(json, card, 1)[0]?.probability));
});

test('several labels a text', () => {
  const several = { ...card, delimiter: '|' };
  const given = (labels: unknown): unknown => ({
    results: [
      {
        label: '甲|3',
        labels,
        probability: 0.8,
        probabilities: { 甲: 0.9, 3: 0.8, ['__proto__']: 0 },
        truncated: false,
      },
    ],
  });
  assert.deepEqual(parseResults(given(['甲', '3']), several, 1)[0]?.labels, ['甲', '3']);
  assert.throws(() => parseResults(given(['乙']), several, 1), Malformed);
  assert.throws(() => parseResults(given(undefined), several, 1), Malformed);
});

test('refused: other labels, numbers that are none, too few or too many results, labels twice', () => {
  const whole = '{"3":0.05,"__proto__":0.05,"甲":0.9}';
  for (const [json, expected] of [
    [result(whole, '乙'), 1],
    [result('{"3":0.05,"甲":0.9}'), 1],
    [result('{"3":0.05,"__proto__":0.05,"甲":9}'), 1],
    [result('{"3":"x","__proto__":0.05,"甲":0.9}'), 1],
    [result(whole), 2],
    [{ results: [] }, 1],
    [null, 1],
  ] as const)
    assert.throws(() => parseResults(json, card, expected), Malformed, JSON.stringify(json));
  assert.throws(() => parseModels({ models: [{ ...card, labels: ['a', 'a'] }], limits }), Malformed);
  assert.throws(() => parseModels({ models: [{ ...card, revision: 'a b' }], limits }), Malformed);
  assert.throws(() => parseModels({ models: [card], limits: { ...limits, texts: 0 } }), Malformed);
  assert.equal(parseModels({ models: [card], limits }).models.length, 1);
});

test('anything at all is read or refused as malformed', () => {
  const refuses = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      assert.ok(error instanceof Malformed);
      assert.ok(error.message.length < 400 && !error.message.includes('\n'));
    }
  };
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      refuses(() => parseModels(json));
      refuses(() => parseModels({ models: [json], limits }));
      refuses(() => parseResults({ results: [json] }, card, 1));
      refuses(() => parseRevision(json));
    }),
  );
});
