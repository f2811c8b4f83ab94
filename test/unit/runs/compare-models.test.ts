import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareOnSharedRows } from '../../../src/server/runs/compare-models';
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
