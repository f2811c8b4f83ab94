/** When int8 may take float32's place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareAnswers, isFaithful, textsToJudge } from '../../src/server/inference/faithful';
import type { Prediction } from '../../src/server/inference/prediction';

/** Answers of two labels, by the probability of the first. */
const answers = (probabilities: readonly number[]): Prediction[] =>
  probabilities.map((p) => ({
    label: Number.isNaN(p) ? '' : p >= 0.5 ? 'a' : 'b',
    probability: Math.max(p, 1 - p),
    probabilities: [p, 1 - p],
    truncated: false,
    tokens: 5,
  }));

const many = (p: number, count = 1000) => Array<number>(count).fill(p);
const faster = { float32: 300, rounded: 100 };

test('the same answers, sooner, will do', () => {
  const verdict = compareAnswers(answers(many(0.9)), answers(many(0.889)), faster);
  assert.equal(verdict.texts, 1000);
  assert.equal(verdict.agreement, 1);
  assert.equal(verdict.speed, 3);
  assert.ok(Math.abs(verdict.moved - 0.011) < 1e-9);
  assert.ok(isFaithful(verdict));
});

test('too few texts, other labels, moved probabilities, no gain, or no answer will not', () => {
  const exact = answers(many(0.9));
  assert.ok(!isFaithful(compareAnswers(answers(many(0.9, 499)), answers(many(0.9, 499)), faster)));
  assert.ok(isFaithful(compareAnswers(exact, answers([...many(0.49, 5), ...many(0.9, 995)]), faster)));
  assert.ok(!isFaithful(compareAnswers(exact, answers([...many(0.49, 6), ...many(0.9, 994)]), faster)));
  assert.ok(!isFaithful(compareAnswers(exact, answers(many(0.87)), faster)));
  assert.ok(!isFaithful(compareAnswers(exact, exact, { float32: 100, rounded: 100 })));
  assert.ok(!isFaithful(compareAnswers(exact, answers(many(Number.NaN)), faster)));
});

test('texts are judged once each, spread over the data', () => {
  const inputs = Array.from({ length: 4000 }, (_, i) => ({ text: `${i % 2000}` }));
  const chosen = textsToJudge(inputs).map(({ text }) => Number(text));
  assert.equal(new Set(chosen).size, 500);
  assert.deepEqual([chosen[0], chosen[1], chosen[499]], [0, 4, 1996]);
  assert.equal(textsToJudge(inputs.slice(0, 7)).length, 7);
});
