/** Pre-training where memory does not suffice: parts, chosen before a run or during it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Engine } from '../../src/server/engine/engine';
import { RowlightError } from '../../src/server/errors';
import { nodeFiles } from '../../src/server/node-files';
import { lastCheckpoint } from '../../src/server/runs/checkpoints';
import { readMetrics } from '../../src/server/runs/metrics';
import type { PretrainRequest } from '../../src/server/runs/pretrain/prepare';
import { readPretraining } from '../../src/server/runs/pretrain/record';
import { beginPretraining, resumePretraining } from '../../src/server/runs/pretrain/run';
import { loadTrainingState } from '../../src/server/runs/training-state';
import { deafFollower, pretrainRequest, pretrainWorld, writeTexts } from '../support/pretrain-run';
import { testEngine } from '../support/model';
import { temporaryFolder } from '../support/tiny-run';

/** An engine whose memory has room for training steps of so many sequences. */
function smallDevice(rows: number): Engine {
  return {
    ...testEngine,
    async compile(spec) {
      const compiled = await testEngine.compile(spec);
      const trains = Object.keys(spec.inputs).some((name) => name.startsWith('mask:'));
      return {
        ...compiled,
        run: (inputs, outputs) =>
          trains && inputs.ids!.shape[0]! > rows
            ? Promise.reject(new Error('OOM when allocating tensor with shape[1024,21128] and type float'))
            : compiled.run(inputs, outputs),
      };
    },
  };
}

/** Twelve steps of six sequences, the first five of twelve half as long. */
function request(folder: string, run: string): PretrainRequest {
  const given = pretrainRequest(folder, run, { steps: 12, evaluateEvery: 4 });
  const settings = Object.entries(given.settings).filter(([name]) => name !== 'accumulate');
  return { ...given, settings: Object.fromEntries(settings) as typeof given.settings };
}

async function losses(run: string): Promise<number[]> {
  return (await readMetrics(run)).flatMap((line) => (line.event === 'step' ? [line.loss] : []));
}

test('a run that is told of too little memory goes in as few parts as fit, all of its steps alike', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  await beginPretraining(request(folder, 'roomy'), pretrainWorld());
  await beginPretraining(request(folder, 'tight'), { ...pretrainWorld(), memoryBudget: 1e6 });
  const parts = async (run: string) => (await readPretraining(join(folder, run))).settings.accumulate;
  assert.equal(await parts('roomy'), 1);
  const tight = await parts('tight');
  assert.ok(tight > 1 && tight <= 12, String(tight));
  const asked = request(folder, 'asked');
  await beginPretraining(
    { ...asked, settings: { ...asked.settings, accumulate: 3 } },
    { ...pretrainWorld(), memoryBudget: 1e6 },
  );
  assert.equal(await parts('asked'), 3);
});

test('a step that runs out of memory goes in parts, and so does the rest of the run, broken off or not', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const engine = smallDevice(4);
  const warned: string[] = [];
  const log = { ...pretrainWorld().log, warn: (text: string) => void warned.push(text) };
  await beginPretraining(request(folder, 'whole'), { ...pretrainWorld(), engine, log });
  // Twelve sequences of the first length: 12, 6, 3. The measuring of steps before the first has found it out.
  assert.deepEqual(
    warned.map((text) => /step (\d+): .* in (\d+) parts$/.exec(text)?.slice(1)),
    [
      ['1', '2'],
      ['1', '4'],
    ],
  );
  assert.equal((await losses(join(folder, 'whole'))).length, 12);
  const controller = new AbortController();
  const follower = { ...deafFollower, stepped: ({ step }: { step: number }) => step === 7 && controller.abort() };
  await assert.rejects(
    beginPretraining(request(folder, 'broken'), { ...pretrainWorld(follower, controller.signal), engine }),
    (error) => RowlightError.is(error, 'cancelled'),
  );
  const { counters } = await loadTrainingState(nodeFiles, await lastCheckpoint(join(folder, 'broken')));
  assert.equal(counters?.parts, 4);
  // On a roomy device: what was found out holds, so that the numbers are those of the unbroken run.
  await resumePretraining(join(folder, 'broken'), pretrainWorld());
  assert.deepEqual(await losses(join(folder, 'broken')), await losses(join(folder, 'whole')));
});

test('a single sequence that does not fit is an error, and the run can be gone on with', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  await assert.rejects(beginPretraining(request(folder, 'run'), { ...pretrainWorld(), engine: smallDevice(0) }), /OOM/);
  await resumePretraining(join(folder, 'run'), pretrainWorld());
  assert.equal((await losses(join(folder, 'run'))).length, 12);
});
