import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowlightError } from '../../../src/server/errors';
import type { Prediction } from '../../../src/server/inference/prediction';
import { TextJobs, type TextBatch } from '../../../src/server/remote/text-jobs';

const model = { id: 'm', folder: 'http://box/models/m', server: 'http://box' };
const bounds = { texts: 2, bytes: 1000 };
const prediction: Prediction = { label: '甲', probability: 1, probabilities: [1], truncated: false, tokens: 0 };

function add(
  jobs: TextJobs,
  texts: string[],
  priority: 'hover' | 'visible' | 'background',
  stop = new AbortController(),
) {
  const got: number[] = [];
  const work = jobs.add(
    model,
    texts.map((text) => ({ text })),
    { priority, signal: stop.signal, onValues: (indices) => void got.push(...indices) },
  );
  work.catch(() => undefined);
  return { got, work, stop };
}
const texts = (batch: TextBatch | undefined): string[] | undefined => batch?.inputs.map(({ text }) => text);
const answer = (jobs: TextJobs, batch: TextBatch | undefined): void => {
  assert.ok(batch);
  jobs.answered(batch, batch.indices.map(() => prediction)); // prettier-ignore
};

test('hover before visible before background, of equals the newest; each kind leaves a place to the more urgent', () => {
  const jobs = new TextJobs();
  add(jobs, ['b1', 'b2', 'b3'], 'background');
  const first = jobs.take(bounds);
  assert.deepEqual(texts(first), ['b1', 'b2']);
  assert.equal(jobs.take(bounds), undefined, 'background work has one place');
  add(jobs, ['v1'], 'visible');
  add(jobs, ['v2'], 'visible');
  assert.deepEqual(texts(jobs.take(bounds)), ['v2']);
  assert.equal(jobs.take(bounds), undefined);
  add(jobs, ['h'], 'hover');
  assert.deepEqual(texts(jobs.take(bounds)), ['h']);
  assert.equal(jobs.take(bounds), undefined, 'three at most');
  answer(jobs, first);
  assert.equal(jobs.take(bounds), undefined);
});

test('a job in several batches resolves when all are answered; what was given back goes first', async () => {
  const jobs = new TextJobs();
  const { got, work } = add(jobs, ['a', 'b', 'c'], 'visible');
  const one = jobs.take(bounds);
  const two = jobs.take(bounds);
  assert.deepEqual([texts(one), texts(two)], [['a', 'b'], ['c']]);
  assert.ok(one && two);
  answer(jobs, two);
  jobs.giveBack(one);
  const again = jobs.take(bounds);
  assert.deepEqual(texts(again), ['a', 'b']);
  answer(jobs, again);
  await work;
  assert.deepEqual(got, [2, 0, 1]);
  assert.equal(jobs.busy, false);
});

test('batches end at the bytes that a body may have, at the latest with the text that is above them', () => {
  const jobs = new TextJobs();
  add(jobs, ['很'.repeat(100), '短', '很'.repeat(900), '短'], 'visible');
  const taken: number[] = [];
  for (let batch = jobs.take({ texts: 9, bytes: 400 }); batch; batch = jobs.take({ texts: 9, bytes: 400 })) {
    taken.push(batch.indices.length);
    answer(jobs, batch);
  }
  assert.deepEqual(taken, [2, 1, 1]);
});

test('who leaves ends the request under way; failures reach those who wait', async () => {
  const jobs = new TextJobs();
  const gone = add(jobs, ['a'], 'visible');
  const batch = jobs.take(bounds);
  gone.stop.abort();
  assert.equal(batch?.signal.aborted, true);
  await assert.rejects(gone.work, (error) => RowlightError.is(error, 'cancelled'));
  answer(jobs, batch);
  assert.deepEqual(gone.got, [], 'its late answer counts for nothing');
  const others = add(jobs, ['b'], 'visible');
  jobs.failAll(new RowlightError('busy', 'off'));
  await assert.rejects(others.work, /off/);
});
