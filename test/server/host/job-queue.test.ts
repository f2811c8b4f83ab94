import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JobQueue, type Job } from '../../../src/server/host/job-queue';
import type { Priority } from '../../../src/server/host/messages';

const model = { id: 'm', folder: 'm' };
const job = (id: number, priority: Priority, texts: number, length = 12): Job => {
  const inputs = Array.from({ length: texts }, () => ({ text: '字'.repeat(length) }));
  return { type: 'predict', id, model, priority, inputs, done: 0 };
};

test('hover before visible before background; inside one priority the newest first', () => {
  const queue = new JobQueue();
  const priorities: Priority[] = ['background', 'visible', 'hover', 'visible', 'background'];
  priorities.forEach((priority, id) => queue.add(job(id, priority, 1)));
  const order: number[] = [];
  for (let slice = queue.next(); slice; slice = queue.next()) {
    order.push(slice.job.id);
    queue.finished(slice, 1);
  }
  assert.deepEqual(order, [2, 3, 1, 4, 0]);
});

test('a hover comes between two slices of a long job', () => {
  const queue = new JobQueue();
  queue.add(job(1, 'visible', 100));
  const first = queue.next()!;
  assert.deepEqual([first.from, first.to], [0, 8], 'little before the pace is known');
  queue.finished(first, 8 * 16);
  queue.add(job(2, 'hover', 1));
  assert.equal(queue.next()?.job.id, 2);
});

test('slices take the budget by the measured pace', () => {
  const queue = new JobQueue(100);
  queue.add(job(1, 'visible', 100));
  // 8 texts in 128 ms: 16 ms a text.
  queue.finished(queue.next()!, 128);
  const second = queue.next()!;
  assert.equal(second.to - second.from, 6);
  // A text that alone takes longer than the budget is a slice of its own.
  const long = new JobQueue(100);
  long.add(job(1, 'visible', 10, 500));
  long.finished(long.next()!, 8000);
  const one = long.next()!;
  assert.equal(one.to - one.from, 1);
});

test('whatever is added and removed: every input of what is left is computed once, in order', () => {
  const step = fc.record({
    priority: fc.constantFrom<Priority>('hover', 'visible', 'background'),
    texts: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.array(fc.nat(40), { maxLength: 60 }), (jobs, times) => {
      const queue = new JobQueue();
      const done = new Map<number, number>();
      jobs.forEach(({ priority, texts }, id) => queue.add(job(id, priority, texts)));
      queue.remove(0);
      for (let i = 0, slice = queue.next(); slice; slice = queue.next(), i++) {
        assert.equal(slice.from, done.get(slice.job.id) ?? 0);
        assert.ok(slice.to > slice.from);
        done.set(slice.job.id, slice.to);
        queue.finished(slice, times[i] ?? 1);
      }
      assert.deepEqual(
        [...done].sort(),
        jobs
          .map(({ texts }, id) => [id, texts] as [number, number])
          .slice(1)
          .sort(),
      );
    }),
  );
});
