/** The benches of pre-training: what torch is told, what is kept of a training for a given time, and runs judged under both ways to mask. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSampler, memoryCourse } from '../../scripts/bench/pretrain/in-time';
import { peerMessage } from '../../scripts/bench/pretrain/peer-message';
import { type Masked, makePretrainingBatch } from '../../src/server/pretraining/batch';
import { beginPretraining } from '../../src/server/runs/pretrain/run';
import { endWithTests } from '../support/children';
import { result } from '../support/cli';
import { deafFollower, pretrainRequest, pretrainWorld, writeTexts } from '../support/pretrain-run';
import { temporaryFolder } from '../support/tiny-run';

test('torch is told the batch that our engine reads', () => {
  const int = (...values: number[]) => Int32Array.from(values);
  const common = { words: 1, whole: 1 };
  const sequences: Masked[] = [
    { ids: int(2, 7, 4, 3), typeIds: int(0, 0, 1, 1), positions: [1, 2], labels: [7, 9], ...common },
    { ids: int(2, 4, 8, 9, 3), typeIds: int(0, 0, 0, 0, 0), positions: [1], labels: [5], ...common },
  ];
  const [T, padId] = [6, 1];
  const masks = { unit: 'word', share: 0.5, most: 3 } as const;
  const { inputs } = makePretrainingBatch(sequences, T, padId, masks, { predictions: 3, pairs: 2 }, false, 4);
  const told = JSON.parse(peerMessage(sequences, T, padId, { rate: 1e-3 }, 4)) as Record<string, number[] | number[][]>;
  for (const name of ['ids', 'mask', 'typeIds', 'positionIds'])
    assert.deepEqual(told[name]!.flat(), [...inputs[name]!.data] as number[], name);
  // Places beyond the masked ones are room that the batch did not need.
  for (const name of ['positions', 'labels'])
    assert.deepEqual(told[name], [...inputs[name]!.data].slice(0, 3) as number[], name);
  assert.equal(told.rate, 1e-3);
  assert.ok(!peerMessage(sequences, T, padId, { judge: 1 }).includes('positionIds'));
});

test('a training for a time is sampled after its first step and each thirtieth of the time; memory has a slope', () => {
  let now = 0;
  const heard: number[] = [];
  const sampler = createSampler(60, ({ tokens }) => void heard.push(tokens), () => now); // prettier-ignore
  for (let step = 1; sampler.share() < 1; step++) {
    now += 1000;
    sampler.stepped(10, step, 500 + step);
  }
  const { samples, steps, tokens } = sampler.reached();
  assert.deepEqual([steps, tokens, samples.length], [60, 600, 31]);
  assert.deepEqual(heard, samples.map((sample) => sample.tokens)); // prettier-ignore
  assert.deepEqual(samples[0], { minute: 0.02, tokens: 10, loss: 1, residentMb: 501 });
  assert.equal(samples.at(-1)!.residentMb, 560);
  const course = memoryCourse(samples);
  assert.deepEqual([course.start, course.middle, course.end], [501, samples[15]!.residentMb, 560]);
  // A megabyte a second; minutes are rounded to two decimals.
  assert.ok(Math.abs(course.mb_a_minute! - 60) < 0.5, String(course.mb_a_minute));
  const unknown = samples.map((sample) => ({ ...sample, residentMb: null }));
  assert.deepEqual(memoryCourse(unknown), { start: null, middle: null, end: null, mb_a_minute: null });
});

test('a run is judged under both ways to mask', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const request = pretrainRequest(folder, 'run', { pairs: 'none', steps: 2 });
  await beginPretraining(request, pretrainWorld(deafFollower));
  const args = ['scripts/bench.mjs', 'masked', join(folder, 'run'), '--length', '32', '--threads', '1'];
  const { code, stdout, stderr } = await result(endWithTests(spawn(process.execPath, args, { stdio: 'pipe' })));
  assert.equal(code, 0, stderr);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string & number>);
  assert.deepEqual(
    lines.map((line) => [line.trained_on, line.judged_on]),
    [
      ['word', 'word'],
      ['word', 'token'],
    ],
  );
  for (const { accuracy, loss, perplexity, sequences } of lines) {
    assert.ok(accuracy! >= 0 && accuracy! <= 1 && sequences! > 0);
    assert.equal(perplexity, Math.exp(loss!));
  }
  assert.ok(lines[0]!.words_masked_whole! > lines[1]!.words_masked_whole!);
});
