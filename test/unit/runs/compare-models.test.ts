import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareOnSharedRows, comparePredictions } from '../../../src/server/runs/compare-models';
import type { JudgedRow } from '../../../src/server/runs/predictions';

const rows = (from: number, to: number, right: (row: number) => boolean, label = 'a'): JudgedRow[] =>
  Array.from({ length: to - from }, (_, i) => {
    const row = from + i;
    return { row, hash: `h${row}`, label, prediction: right(row) ? label : 'b', probability: 0.9 };
  });

test('models are compared on the rows that both judged, found by their texts', () => {
  const ours = rows(0, 10, (row) => row !== 9);
  const theirs = rows(2, 12, (row) => row < 6).map((one) => ({ ...one, row: one.row + 100 }));
  const comparison = compareOnSharedRows(ours, theirs);
  assert.equal(comparison?.rows, 8);
  assert.equal(comparison?.ours.accuracy, 7 / 8);
  assert.equal(comparison?.theirs.accuracy, 4 / 8);
});

test('too few shared rows speak for nothing, a hundred are enough, and rows that were labelled anew count for neither', () => {
  const all = () => true;
  assert.equal(compareOnSharedRows(rows(0, 10, all), rows(6, 20, all)), undefined);
  assert.equal(compareOnSharedRows(rows(0, 1000, all), rows(900, 1200, all))?.rows, 100);
  assert.equal(compareOnSharedRows([], []), undefined);
  assert.equal(compareOnSharedRows(rows(0, 10, all), rows(0, 10, all, 'c')), undefined);
});

test('rows of several labels are judged label by label', () => {
  const row = (at: number, label: string, prediction: string) => ({ row: at, hash: `h${at}`, label, prediction, probability: 0.9 }); // prettier-ignore
  const rows = [row(0, 'a|b', 'a'), row(1, 'b', 'b'), row(2, '', 'a')];
  const { ours, theirs } = comparePredictions(rows, ['b|a', 'a', ''], '|');
  // Ours: a is right once and wrong once, b once of two. Theirs: a is right once of two guesses, b once of two.
  assert.deepEqual([ours.accuracy, theirs.accuracy], [1 / 3, 2 / 3]);
  assert.ok(Math.abs(ours.macroF1 - (2 / 3 + 2 / 3) / 2) < 1e-12);
  assert.ok(Math.abs(theirs.macroF1 - (2 / 3 + 2 / 3) / 2) < 1e-12);
});
