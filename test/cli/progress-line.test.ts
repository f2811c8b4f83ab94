import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgressLine } from '../../src/server/cli/progress-line';

/** A terminal that keeps what is written, and a clock that is set by hand. */
function scene(isTTY: boolean) {
  const written: string[] = [];
  const clock = { now: 0 };
  const line = createProgressLine({ isTTY, columns: 40, write: (text) => written.push(text) }, () => clock.now);
  return { written, clock, line };
}

test('on a terminal the line is written over, and gone before one that stays', () => {
  const { written, line } = scene(true);
  line.show('step 1', 0.5);
  line.print('judged');
  line.print('again');
  line.clear();
  assert.deepEqual(written, [
    `\r\x1b[2K${'━'.repeat(15)}${'─'.repeat(15)}  step 1`,
    '\r\x1b[2K',
    'judged\n',
    'again\n',
  ]);
});

test('elsewhere it is a plain line every ten seconds', () => {
  const { written, clock, line } = scene(false);
  for (clock.now = 0; clock.now <= 25_000; clock.now += 2500) line.show(`at ${clock.now}`, 0);
  line.clear();
  assert.deepEqual(written, ['at 10000\n', 'at 20000\n']);
});
