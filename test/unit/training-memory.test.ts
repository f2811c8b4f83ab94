/** What training may take of a GPU's memory, and what is said of a GPU before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineNotes } from '../../src/server/cli/engine-notes';
import { trainingMemory } from '../../src/server/cli/training-memory';
import type { DeviceMemory } from '../../src/server/engine/engine';

const GIB = 2 ** 30;

test('on a GPU what is asked for, else half of it or of free ordinary memory; the CPU has half of the latter', () => {
  const small = { device: 'cuda', deviceBytes: 8 * GIB };
  assert.equal(trainingMemory(small, 6, 4 * GIB), 6 * GIB);
  assert.equal(trainingMemory(small, undefined, 64 * GIB), 4 * GIB);
  assert.equal(trainingMemory(small, undefined, 6 * GIB), 3 * GIB);
  assert.equal(trainingMemory({ device: 'webgpu' }, undefined, 6 * GIB), 3 * GIB);
  assert.equal(trainingMemory({ device: 'cpu' }, 6, 4 * GIB), 2 * GIB);
});

test('where weights are copied each step a line says so; where they stay, or the CPU computes, none', () => {
  assert.deepEqual(engineNotes({ device: 'cpu' }), []);
  assert.deepEqual(engineNotes({ device: 'cpu', note: 'webgpu: no driver' }), ['webgpu: no driver']);
  assert.deepEqual(engineNotes({ device: 'webgpu', memory: {} as DeviceMemory }), []);
  // Pre-training leaves nothing there.
  assert.match(engineNotes({ device: 'webgpu', memory: {} as DeviceMemory }, false)[0]!, /copied/);
  assert.deepEqual(engineNotes({ device: 'cpu' }, false), []);
  for (const device of ['cuda', 'directml'])
    assert.match(engineNotes({ device })[0]!, new RegExp(`^${device}: weights and gradients are copied`));
});
