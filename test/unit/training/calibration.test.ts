import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  argmax,
  atTemperature,
  eachAtTemperature,
  sigmoid,
  softmax,
} from '../../../src/server/inference/probabilities';
import {
  allAtTemperature,
  asDecisions,
  calibrate,
  calibrateSets,
  fitTemperature,
} from '../../../src/server/training/calibration';
import { meanCrossEntropy } from '../../../src/server/training/metrics';

/** What torch 2.13.0 found; `scripts/golden/temperature.py`. */
interface Case {
  readonly truth: number[];
  readonly logits: number[][];
  readonly temperature: number;
  readonly loss_before: number;
  readonly loss_after: number;
}

const { cases } = JSON.parse(readFileSync('test/golden/metrics/temperature.json', 'utf8')) as { cases: Case[] };
const flat = (logits: readonly (readonly number[])[]) => Float64Array.from(logits.flatMap((row) => [...softmax(row)]));
const every = (rows: number) => Array.from({ length: rows }, (_, row) => row);

for (const [number, golden] of cases.entries()) {
  test(`torch's temperature of case ${number + 1} is ${golden.temperature.toFixed(3)}`, () => {
    const probabilities = flat(golden.logits);
    const truth = Int32Array.from(golden.truth);
    const temperature = fitTemperature(probabilities, truth, every(truth.length));
    assert.ok(Math.abs(temperature / golden.temperature - 1) < 1e-6, `${temperature}`);
    const width = golden.logits[0]!.length;
    const tempered = allAtTemperature(probabilities, width, temperature);
    assert.ok(Math.abs(meanCrossEntropy(probabilities, truth) - golden.loss_before) < 1e-12);
    assert.ok(Math.abs(meanCrossEntropy(tempered, truth) - golden.loss_after) < 1e-10);
    golden.logits.forEach((logits, row) => {
      const scaled = softmax(logits.map((logit) => logit / temperature));
      tempered.subarray(row * width, (row + 1) * width).forEach((probability, label) => {
        assert.ok(Math.abs(probability - scaled[label]!) < 1e-12);
      });
    });
  });
}

test('a temperature changes no prediction, and 1 changes nothing at all', () => {
  const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(logits, fc.double({ min: 0.2, max: 20, noNaN: true }), (given, temperature) => {
      const probabilities = softmax(given);
      const tempered = atTemperature(probabilities, temperature);
      assert.ok(Math.abs(tempered.reduce((a, b) => a + b, 0) - 1) < 1e-12);
      const best = argmax(probabilities);
      assert.ok(tempered.every((one) => one <= tempered[best]!));
      assert.deepEqual(atTemperature(probabilities, 1), probabilities);
    }),
  );
});

test('rows that are all right say nothing of how sure a model may be, and neither do a few', () => {
  const right = flat(Array.from({ length: 40 }, () => [3, 0]));
  assert.equal(calibrate(right, new Int32Array(40)), undefined);
  assert.equal(calibrate(flat([[3, 0]]), Int32Array.of(1)), undefined);
  assert.equal(calibrate(new Float64Array(0), new Int32Array(0)), undefined);
});

test('a model that is far too sure is made less sure, and the error told is of rows that the fit did not see', () => {
  // 99.3 % sure, right three times of four.
  const logits = Array.from({ length: 200 }, () => [5, 0]);
  const truth = Int32Array.from(logits, (_, row) => (row % 4 === 3 ? 1 : 0));
  const found = calibrate(flat(logits), truth)!;
  assert.ok(Math.abs(softmax([5 / found.temperature, 0])[0]! - 0.75) < 1e-9);
  assert.ok(found.before.error > 0.2 && found.after.error < 0.02, JSON.stringify(found));
  assert.ok(found.after.loss < found.before.loss);
  assert.ok(found.after.loss >= meanCrossEntropy(allAtTemperature(flat(logits), 2, found.temperature), truth));
});

test('of several labels a row, a temperature divides the logit of every sigmoid and changes no decision', () => {
  const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(logits, fc.double({ min: 0.2, max: 20, noNaN: true }), (given, temperature) => {
      const probabilities = sigmoid(given);
      const tempered = eachAtTemperature(probabilities, temperature);
      const scaled = sigmoid(given.map((logit) => logit / temperature));
      tempered.forEach((one, at) => assert.ok(Math.abs(one - scaled[at]!) < 1e-7));
      const pairs = allAtTemperature(asDecisions(probabilities), 2, temperature);
      tempered.forEach((one, at) => assert.ok(Math.abs(one - pairs[2 * at + 1]!) < 1e-7));
      assert.deepEqual(eachAtTemperature(probabilities, 1), probabilities);
    }),
  );
  const certain = Float64Array.of(0, 1);
  assert.deepEqual(eachAtTemperature(certain, 3), certain);
});

test('sigmoids that are far too sure are made less sure, judged by rows whose every label the fit did not see', () => {
  // Two labels a row, each 99.3 % sure, right three times of four.
  const truth = Uint8Array.from({ length: 400 }, (_, at) => Number(Math.floor(at / 2) % 4 !== 3));
  const found = calibrateSets(sigmoid(Array.from(truth, () => 5)), truth, 2)!;
  assert.ok(Math.abs(sigmoid([5 / found.temperature])[0]! - 0.75) < 1e-9);
  assert.equal(found.rows, 200);
  assert.ok(found.before.error > 0.2 && found.after.error < 0.02, JSON.stringify(found));
  // Were a row's labels dealt to different folds, one would tell of the other; four rows are too few whatever their labels.
  assert.equal(calibrateSets(new Float64Array(12).fill(0.9), new Uint8Array(12), 3), undefined);
});

test('temperatures stay within bounds where rows ask for none', () => {
  // Worse than chance: no temperature is high enough.
  const truth = Int32Array.from({ length: 30 }, (_, row) => (row % 3 === 0 ? 0 : 1));
  const temperature = fitTemperature(flat(Array.from(truth, () => [4, 0])), truth, every(30));
  assert.equal(temperature, 20);
});
