import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstPositionOf } from '../../../src/server/pretraining/loop';

const phases = [
  { length: 16, share: 0.5 },
  { length: 24, share: 0.5 },
];

test('short sequences of new weights stand anywhere that the longest reaches, by the seed and the step; all others at 0', () => {
  const settings = { seed: 7, phases, shiftPositions: true };
  const drawn = Array.from({ length: 300 }, (_, step) => firstPositionOf(settings, 16, step)!);
  assert.deepEqual(
    [...new Set(drawn)].sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
  assert.deepEqual(
    drawn,
    drawn.map((_, step) => firstPositionOf(settings, 16, step)),
  );
  assert.notDeepEqual(
    drawn,
    drawn.map((_, step) => firstPositionOf({ ...settings, seed: 8 }, 16, step)),
  );
  assert.equal(firstPositionOf(settings, 24, 5), undefined);
  assert.equal(firstPositionOf({ ...settings, shiftPositions: false }, 16, 5), undefined);
});
