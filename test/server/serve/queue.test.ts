import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TextInput } from '../../../src/server/inference/prediction';
import { BatchQueue, type Lane } from '../../../src/server/serve/queue';

const limits = { waiting: 100, deadline: 60_000 };
const clock = { now: () => 0 };
const texts = (count: number, text: string): TextInput[] => Array.from({ length: count }, () => ({ text }));
const open = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A lane that answers each text by itself, batch by batch when told. */
function gatedLane(id = 'm') {
  const batches: string[][] = [];
  const gates: { open: () => void; answer: (indices: number[]) => void; fail: (error: Error) => void }[] = [];
  const lane: Lane = {
    key: id,
    model: { id, folder: id },
    compute: (inputs, onValues) => {
      batches.push(inputs.map(({ text }) => text));
      return new Promise((resolve, reject) => {
        const left = new Set(inputs.keys());
        const answer = (indices: number[]): void => {
          for (const index of indices) left.delete(index);
          onValues(
            indices,
            indices.map((index) => inputs[index]!.text),
          );
        };
        const open = (): void => {
          if (left.size > 0) answer([...left]);
          resolve();
        };
        gates.push({ open, answer, fail: reject });
      });
    },
  };
  /** Answers batches until nothing is computed any more. */
  const drain = async (queue: BatchQueue): Promise<void> => {
    for (await turn(); queue.state.inFlight > 0; await turn()) gates.shift()?.open();
  };
  return { lane, batches, gates, drain };
}

test('requests that wait share a batch, small ones before large ones, and each gets its own answers', async () => {
  const queue = new BatchQueue(clock, undefined, limits);
  const { lane, batches, drain } = gatedLane();
  const busy = [queue.ask(lane, [{ text: 'x' }], open)];
  await turn();
  busy.push(queue.ask(lane, [{ text: 'y' }], open));
  await turn();
  const large = queue.ask<string>(lane, texts(40, '长'.repeat(500)), open);
  const small = [queue.ask<string>(lane, [{ text: 'a' }], open), queue.ask<string>(lane, [{ text: 'b' }], open)];
  await turn();
  await drain(queue);
  await Promise.all(busy);
  assert.deepEqual(await Promise.all(small), [['a'], ['b']]);
  assert.equal((await large).length, 40);
  assert.deepEqual(batches[2]!.slice(0, 2), ['a', 'b']);
  assert.ok(batches.length >= 5, 'a large request goes in pieces');
  assert.deepEqual(queue.state, { waiting: 0, inFlight: 0 });
});

test('who has all answers need not wait for the rest of a batch; the next one goes when little is left of it', async () => {
  const queue = new BatchQueue(clock, undefined, limits);
  const { lane, batches, gates, drain } = gatedLane();
  const long = '长'.repeat(100);
  const short = queue.ask<string>(lane, [{ text: 'a' }], open);
  const pair = queue.ask<string>(lane, [{ text: 'b' }, { text: long }], open);
  await turn();
  const later = queue.ask<string>(lane, [{ text: 'c' }], open);
  await turn();
  assert.deepEqual(batches, [['a', 'b', long]]);
  gates[0]!.answer([0, 1]);
  assert.deepEqual(await short, ['a']);
  await turn();
  assert.equal(batches.length, 1, 'the long text is still being computed');
  gates[0]!.answer([2]);
  assert.deepEqual(await pair, ['b', long]);
  await turn();
  assert.deepEqual(batches[1], ['c']);
  await drain(queue);
  assert.deepEqual(await later, ['c']);
});

test('more than may wait is refused with 429 and seconds; a single large request is not', async () => {
  const queue = new BatchQueue(clock, undefined, limits);
  const { lane, drain } = gatedLane();
  const all = [queue.ask(lane, texts(150, 'a'), open)];
  await turn();
  all.push(queue.ask(lane, [{ text: 'b' }], open));
  await turn();
  all.push(queue.ask(lane, texts(80, 'c'), open));
  await assert.rejects(queue.ask(lane, texts(30, 'd'), open), { status: 429, retryAfter: 1 });
  await turn();
  await drain(queue);
  await Promise.all(all);
});

test('who leaves is not computed for; the deadline ends a request', async () => {
  const queue = new BatchQueue(clock, undefined, limits);
  const { lane, batches, drain } = gatedLane();
  const under = [queue.ask(lane, [{ text: 'x' }], open)];
  await turn();
  under.push(queue.ask(lane, [{ text: 'y' }], open));
  await turn();
  const controller = new AbortController();
  const left = queue.ask(lane, [{ text: 'gone' }], controller.signal);
  controller.abort();
  await assert.rejects(left, { status: 499 });
  await drain(queue);
  await Promise.all(under);
  assert.deepEqual(batches.flat(), ['x', 'y']);
  const hasty = new BatchQueue(clock, undefined, { waiting: 100, deadline: 1 });
  const stuck = gatedLane();
  await assert.rejects(hasty.ask(stuck.lane, [{ text: 'x' }], open), { status: 504 });
  await stuck.drain(hasty);
});

test('a failure reaches all of its batch and nobody else; a retired model is released after its last batch', async () => {
  const queue = new BatchQueue(clock, undefined, limits);
  const first = gatedLane('first');
  const second = gatedLane('second');
  const failing = [queue.ask(first.lane, [{ text: 'a' }], open), queue.ask(first.lane, [{ text: 'b' }], open)];
  const fine = queue.ask(second.lane, [{ text: 'c' }], open);
  await turn();
  let released = 0;
  queue.retire(first.lane.model, () => released++);
  assert.equal(released, 0);
  first.gates[0]!.fail(new Error('crash'));
  for (const one of failing) await assert.rejects(one, /crash/);
  await turn();
  assert.equal(released, 1);
  await second.drain(queue);
  assert.deepEqual(await fine, ['c']);
});
