/** What a pre-training run's lines say: of its course, and of how it stands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MetricsLine } from '../../../src/protocol/runs';
import { latestAttempt } from '../../../src/server/runs/metrics';
import { parseMetricsLine } from '../../../src/server/runs/metrics-line';
import { courseOfPretraining, spread } from '../../../src/server/runs/pretrain/course';
import { brokenProgress, progressOf, readingProgress } from '../../../src/server/runs/pretrain/progress';
import type { ReadingRecord } from '../../../src/server/runs/pretrain/reading';
import type { PretrainingRecord } from '../../../src/server/runs/pretrain/record';

const started = (attempt: number, step: number): MetricsLine => ({ event: 'started', attempt, step, time: 1000, totalSteps: 100, epochs: 1, device: 'onnx cpu' }); // prettier-ignore
const stepLine = (step: number, loss = 1, more: object = {}): MetricsLine => ({ event: 'step', attempt: 1, step, loss, learningRate: step / 1000, examplesPerSecond: 10 * step, secondsLeft: 100 - step, words: 4, whole: 3, ...more }); // prettier-ignore
const masked = (step: number, loss: number): MetricsLine => ({ event: 'masked', attempt: 1, step, accuracy: 1 / (1 + loss), loss }); // prettier-ignore

const record = {
  id: 'r',
  createdAt: '2026-11-24T12:00:00.000Z',
  data: ['/texts'],
  base: 'zh-mini',
  fresh: false,
  settings: { steps: 100 },
} as PretrainingRecord;

test('lines of fill-ins and of masked words are read back; bounds hold', () => {
  const filled: MetricsLine = {
    event: 'filled',
    attempt: 1,
    step: 3,
    texts: [{ text: 'a[MASK]', fillings: [[{ token: 'b', probability: 0.5 }]] }],
  };
  for (const line of [filled, stepLine(1), stepLine(2, 3, { pair: 0.7 })])
    assert.deepEqual(parseMetricsLine(JSON.stringify(line)), line);
  const spoilt = (texts: unknown) => parseMetricsLine(JSON.stringify({ ...filled, texts }));
  assert.equal(spoilt([{ text: 'a', fillings: [[{ token: 'b', probability: 2 }]] }]), undefined);
  assert.equal(spoilt([{ text: 'a'.repeat(20_001), fillings: [] }]), undefined);
  assert.equal(spoilt([{ text: 'a', fillings: [[{ token: 'b'.repeat(201), probability: 1 }]] }]), undefined);
  assert.equal(spoilt(Array.from({ length: 101 }, () => ({ text: 'a', fillings: [] }))), undefined);
  assert.equal(parseMetricsLine(JSON.stringify({ ...stepLine(1), words: -1 })), undefined);
});

test('the curve keeps every step in some point, its masked loss apart from the pair loss, and all masked words', () => {
  const losses = fc.array(fc.record({ loss: fc.double({ min: 0, max: 12, noNaN: true }), pair: fc.double({ min: 0, max: 1, noNaN: true }) }), { maxLength: 3000 }); // prettier-ignore
  fc.assert(
    fc.property(losses, fc.boolean(), (list, paired) => {
      const lines = [
        started(1, 0),
        ...list.map(({ loss, pair }, at) => stepLine(at + 1, loss + (paired ? pair : 0), paired ? { pair } : {})),
      ];
      const { steps, masked: words } = courseOfPretraining(lines, undefined);
      assert.ok(steps.length <= 800);
      assert.deepEqual(words, { words: 4 * list.length, whole: 3 * list.length });
      if (list.length === 0) return assert.deepEqual(steps, []);
      assert.equal(steps.at(-1)!.step, list.length);
      const width = steps[0]!.step;
      steps.forEach((point, at) => {
        const group = list.slice(at * width, (at + 1) * width);
        const mean = (of: 'loss' | 'pair') => group.reduce((sum, one) => sum + one[of], 0) / group.length;
        assert.ok(Math.abs(point.loss! - mean('loss')) < 1e-9);
        if (paired) assert.ok(Math.abs(point.pairLoss! - mean('pair')) < 1e-9);
        else assert.equal(point.pairLoss, undefined);
      });
    }),
    { numRuns: 30 },
  );
});

test('judgements and fill-ins are spread over the run: the first, the last, the best, in order', () => {
  const lines = [started(1, 0)];
  for (let step = 0; step <= 2000; step++) {
    lines.push(masked(step, step === 777 ? 0.1 : 2));
    lines.push({ event: 'filled', attempt: 1, step, texts: [] });
  }
  const { judgements, filled, device } = courseOfPretraining(lines, 777);
  assert.equal(device, 'onnx cpu');
  assert.ok(judgements.length <= 401);
  assert.deepEqual(judgements.filter(({ best }) => best).map(({ step }) => step), [777]); // prettier-ignore
  assert.equal(filled.length, 12);
  for (const points of [judgements, filled]) {
    assert.equal(points[0]!.step, 0);
    assert.equal(points.at(-1)!.step, 2000);
    assert.ok(points.every(({ step }, at) => at === 0 || step > points[at - 1]!.step));
  }
  fc.assert(
    fc.property(fc.nat(300), fc.integer({ min: 2, max: 20 }), (length, most) => {
      const list = Array.from({ length }, (_, at) => at);
      const some = spread(list, most);
      assert.equal(some.length, Math.min(length, most));
      assert.deepEqual(some, [...some].sort((a, b) => a - b)); // prettier-ignore
      if (length > 0) assert.deepEqual([some[0], some.at(-1)], [0, length - 1]);
    }),
  );
});

test('how a run stands: under way with its pace, interrupted without, its end, the scores of its best checkpoint', () => {
  const place = { folder: '/w/.rowlight/pretraining/run-1', name: undefined };
  const pointers = { format: 1, best: 'step-20', last: 'step-40' } as const;
  const lines = [started(1, 0), masked(20, 2), stepLine(20), masked(40, 3), stepLine(40)];
  const running = progressOf({ ...place, pid: 7, record, lines, pointers });
  assert.deepEqual(running, {
    id: 'run-1',
    folder: place.folder,
    pid: 7,
    state: 'running',
    createdAt: record.createdAt,
    data: ['/texts'],
    base: 'zh-mini',
    fresh: false,
    step: 40,
    totalSteps: 100,
    usable: true,
    scores: { accuracy: 1 / 3, loss: 2 },
    loss: 1,
    tokensPerSecond: 400,
    secondsLeft: 60,
  });
  const judged = progressOf({
    ...place,
    pid: 7,
    record,
    lines: [lines[0]!, masked(0, 4), ...lines.slice(1)],
    pointers,
  });
  assert.deepEqual(judged, { ...running, before: { accuracy: 0.2, loss: 4 } });
  const gone = progressOf({ ...place, pid: undefined, record, lines, pointers });
  assert.equal(gone.state, 'interrupted');
  assert.equal(gone.secondsLeft, undefined);
  // Resumed, before its first step: the pace of the attempt before says nothing.
  const resumed = latestAttempt([...lines, started(2, 40)]);
  const again = progressOf({ ...place, pid: 8, record, lines: resumed, pointers });
  assert.deepEqual([again.state, again.step, again.tokensPerSecond], ['running', 40, undefined]);
  const failed: MetricsLine = { event: 'failed', attempt: 1, step: 40, time: 5000, message: 'the disk is full' };
  const ended = progressOf({ ...place, pid: undefined, record, lines: [...lines, failed], pointers });
  assert.deepEqual([ended.state, ended.message, ended.seconds], ['failed', 'the disk is full', 4]);
});

test('a run whose corpus is read, or was, and one that is broken', () => {
  const place = { folder: '/w/.rowlight/pretraining/run-1', pid: 7, name: 'mine' };
  const reading: ReadingRecord = {
    format: 1,
    createdAt: 'then',
    data: ['/a'],
    base: 'b',
    fresh: true,
    doing: 'hashing',
    share: 0.5,
    secondsLeft: 9,
  };
  const now = readingProgress(place, reading);
  assert.deepEqual([now.state, now.name, now.totalSteps], ['running', 'mine', undefined]);
  assert.deepEqual(now.reading, { doing: 'hashing', share: 0.5, secondsLeft: 9 });
  const gone = readingProgress({ ...place, pid: undefined }, reading);
  assert.deepEqual([gone.state, gone.reading, gone.usable], ['interrupted', undefined, false]);
  const broken = brokenProgress({ ...place, pid: undefined }, 'pretraining.json: no JSON', 'then');
  assert.deepEqual([broken.state, broken.message, broken.usable], ['failed', 'pretraining.json: no JSON', false]);
});
