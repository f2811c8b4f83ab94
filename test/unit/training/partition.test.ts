import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPartition, isOutOfMemory } from '../../../src/server/training/partition';

test('what the engines say when memory does not suffice is told from other failures', () => {
  for (const message of [
    'Failed to allocate memory for requested buffer of size 4294967296',
    'std::bad_alloc',
    'Array buffer allocation failed',
    'OOM when allocating tensor with shape[1024,21128] and type float on /job:localhost/replica:0/task:0/device:GPU:0',
    'Resource exhausted: no room',
    'RESOURCE_EXHAUSTED: no room',
    'CUDA error 2: out of memory',
    'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED',
  ])
    assert.ok(isOutOfMemory(new Error(message)), message);
  for (const other of [new Error('Non-zero status code'), new Error('zoom in'), 'out of memory', undefined])
    assert.ok(!isOutOfMemory(other), String(other));
});

test('parts double until a run succeeds, stay so, and end with single rows', async () => {
  const told: number[] = [];
  let freed = 0;
  const inParts = createPartition({ parts: 1, addsUp: true, onParts: (parts) => told.push(parts) });
  const free = () => Promise.resolve(void freed++);
  const fits = (most: number) => (parts: number) =>
    parts < most ? Promise.reject(new Error('out of memory')) : Promise.resolve(parts);
  assert.equal(await inParts(6, fits(3), free), 4);
  assert.equal(await inParts(6, fits(1), free), 4);
  assert.deepEqual([told, freed], [[2, 4], 2]);
  await assert.rejects(inParts(6, fits(9), free), /out of memory/);
  await assert.rejects(createPartition({ parts: 1, addsUp: false })(6, fits(2), free), /out of memory/);
});
