import assert from 'node:assert/strict';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MetricsLine, StartedLine, StepLine } from '../../../src/protocol/runs';
import { followMetrics, latestAttempt, openMetrics, readMetrics } from '../../../src/server/runs/metrics';
import { parseMetricsLine } from '../../../src/server/runs/metrics-line';
import { temporaryFolder } from './run-fixture';

const started = (attempt: number, step: number): StartedLine => {
  return { event: 'started', attempt, step, time: 1, totalSteps: 9, epochs: 3, device: 'onnx cpu' };
};
const stepLine = (attempt: number, step: number): StepLine => {
  return { event: 'step', attempt, step, loss: 0.5, learningRate: 1e-5, examplesPerSecond: 10, secondsLeft: 60 };
};

test('lines of every kind are read as they were written, a diverged loss as NaN', async (t) => {
  const run = await temporaryFolder(t);
  assert.deepEqual(await readMetrics(run), []);
  const scores = { accuracy: 0.9, macroF1: 0.8, loss: 0.3 };
  const lines: MetricsLine[] = [
    started(1, 0),
    stepLine(1, 1),
    { event: 'evaluated', attempt: 1, step: 1, ...scores },
    { event: 'checkpoint', attempt: 1, step: 1, name: 'step-1', best: true },
    { ...stepLine(1, 2), loss: NaN },
    { event: 'failed', attempt: 1, step: 2, message: '第一行\n' },
    { event: 'cancelled', attempt: 1, step: 2 },
    { event: 'finished', attempt: 1, step: 2, scores },
  ];
  const metrics = await openMetrics(run);
  for (const line of lines) await metrics.append(line);
  await metrics.close();
  assert.deepEqual(await readMetrics(run), lines);
  assert.equal((await readFile(join(run, 'metrics.jsonl'), 'utf8')).split('\n').length, lines.length + 1);
});

test('a resume drops what it goes back over, and the end before it', () => {
  const lines: MetricsLine[] = [
    started(1, 0),
    stepLine(1, 1),
    stepLine(1, 2),
    stepLine(1, 3),
    { event: 'cancelled', attempt: 1, step: 3 },
  ];
  assert.deepEqual(latestAttempt(lines), lines);
  assert.deepEqual(latestAttempt([...lines, started(2, 2), stepLine(2, 3)]), [
    started(1, 0),
    stepLine(1, 1),
    stepLine(1, 2),
    started(2, 2),
    stepLine(2, 3),
  ]);
  const atTheEnd = latestAttempt([...lines, started(2, 3)]);
  assert.deepEqual(
    atTheEnd.map((line) => line.event),
    ['started', 'step', 'step', 'step', 'started'],
  );
  assert.deepEqual(latestAttempt([...lines, started(2, 0)]), [started(1, 0), started(2, 0)]);
});

test('whatever was cut off or resumed, steps never decrease and no step comes twice', () => {
  const attempts = fc.array(fc.record({ from: fc.nat(8), steps: fc.nat(8) }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(attempts, (list) => {
      const all: MetricsLine[] = [];
      let reached = 0;
      list.forEach(({ from, steps }, index) => {
        const at = Math.min(from, reached); // A checkpoint is never ahead of what was done.
        all.push(started(index + 1, at), ...Array.from({ length: steps }, (_, i) => stepLine(index + 1, at + i + 1)));
        reached = at + steps;
      });
      const steps = latestAttempt(all).flatMap((line) => (line.event === 'step' ? [line.step] : []));
      assert.deepEqual(
        steps,
        Array.from({ length: reached }, (_, i) => i + 1),
      );
    }),
  );
});

test('a file cut anywhere loses at most the line that was cut, also after more is appended', async (t) => {
  const run = await temporaryFolder(t);
  const file = join(run, 'metrics.jsonl');
  const whole = [started(1, 0), stepLine(1, 1), stepLine(1, 2)];
  const content = new TextEncoder().encode(whole.map((line) => `${JSON.stringify(line)}\n`).join(''));
  for (let cut = 0; cut <= content.length; cut += 7) {
    await writeFile(file, content);
    await truncate(file, cut);
    const kept = content.subarray(0, cut).filter((byte) => byte === 10).length;
    assert.deepEqual(await readMetrics(run), whole.slice(0, kept));
    const metrics = await openMetrics(run);
    await metrics.append(stepLine(1, 9));
    await metrics.close();
    // A line that lacks nothing but its newline gets it.
    const complete = cut < content.length && content[cut] === 10 ? kept + 1 : kept;
    assert.deepEqual(await readMetrics(run), [...whole.slice(0, complete), stepLine(1, 9)]);
  }
});

test('following reads each line once, a half line when it is whole', async (t) => {
  const run = await temporaryFolder(t);
  const file = join(run, 'metrics.jsonl');
  const first = await followMetrics(run);
  assert.deepEqual(first, { lines: [], offset: 0 });
  const text = JSON.stringify(stepLine(1, 1));
  await appendFile(file, `${JSON.stringify(started(1, 0))}\n${text.slice(0, 20)}`);
  const second = await followMetrics(run, first.offset);
  assert.deepEqual(second.lines, [started(1, 0)]);
  await appendFile(file, `${text.slice(20)}\n`);
  const third = await followMetrics(run, second.offset);
  assert.deepEqual(third.lines, [stepLine(1, 1)]);
  assert.deepEqual(await followMetrics(run, third.offset), { lines: [], offset: third.offset });
});

test('what is no line of ours is passed over', () => {
  for (const text of ['', '{', '[]', 'null', '{"event":"step"}', '{"event":"dance","attempt":1,"step":1}', '\0\0\0']) {
    assert.equal(parseMetricsLine(text), undefined, text);
  }
});
