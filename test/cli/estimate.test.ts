import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cli, result, startCli } from '../support/cli';
import { TINY_BASE, temporaryFolder, tinyData } from '../support/tiny-run';

test('train --estimate measures three steps, prints what the run would take and writes nothing', async (t) => {
  const folder = temporaryFolder(t);
  const data = tinyData(folder);
  const run = join(folder, 'run');
  const line = ['train', data, '--base', TINY_BASE, '--output', run, '--epochs', '7', '--batch-size', '8'];
  const { code, stdout, stderr } = await cli([...line, '--estimate', '--json']);
  assert.equal(code, 0, stderr);
  const estimate = JSON.parse(stdout) as Record<string, number>;
  // 48 rows to learn from: six batches an epoch.
  assert.equal(estimate.total_steps, 42);
  assert.equal(estimate.measured_steps, 3);
  const { seconds_per_step: step = 0, total_seconds: total = 0, peak_memory_bytes: memory = 0 } = estimate;
  assert.ok(step > 0 && step < 60, `${step} s a step`);
  assert.ok(total >= 42 * step, `${total} s for 42 steps of ${step} s`);
  assert.ok(memory > 20e6 && memory < 8e9, `${memory} bytes`);
  assert.deepEqual(readdirSync(folder), ['rows.tsv']);

  const told = await cli([...line, '--estimate']);
  assert.match(
    told.stdout,
    /^steps +42 \(3 measured\)\nseconds a step +[\d.e-]+\nwhole run +\d+:\d\d\nmemory +\d+ MB at most: [\d.]+ MB weights, [\d.]+ MB gradients, [\d.]+ MB moments, about [\d.]+ MB activations of 8 × 26 tokens\nlabels +16 blue, 16 green, 16 red\nlength +no text is cut\n$/,
  );
  // What it measured is what the run then does.
  const trained = await cli([...line, '--json']);
  assert.equal((JSON.parse(trained.stdout) as { global_step: number }).global_step % 6, 0);
  assert.match(trained.stderr, /: 42 steps$/m);
});

test('train --estimate says what keeps a run from starting, and ends when it is asked to', async (t) => {
  const folder = temporaryFolder(t);
  const data = tinyData(folder);
  const bad = await cli(['train', join(folder, 'nowhere.tsv'), '--estimate']);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /nowhere\.tsv: no such file/);
  const resumed = await cli(['train', '--resume', folder, '--estimate']);
  assert.equal(resumed.code, 2);
  assert.match(resumed.stderr, /--estimate is for a new run/);

  const child = startCli(['train', data, '--base', TINY_BASE, '--estimate', '--json']);
  const ended = result(child);
  child.kill('SIGTERM');
  const { stdout, signal, code } = await ended;
  assert.ok(signal === 'SIGTERM' || code === 130, `${signal} ${code}`);
  assert.equal(stdout, '');
  assert.equal(existsSync(join(folder, '.rowlight')), false);
});
