/** Real runs of a tiny model: every head and loss trains, is saved, loads and predicts; early stopping; a resumed run is the unbroken one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createPredictor } from '../../src/server/inference/predictor';
import { HEADS } from '../../src/server/model/config';
import { type FineTuneRequest, fineTune, resume } from '../../src/server/runs/fine-tune';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { readMetrics } from '../../src/server/runs/metrics';
import { readRun } from '../../src/server/runs/run-folder';
import { LOSSES } from '../../src/server/training/losses/loss';
import { DEFAULT_OBJECTIVE } from '../../src/server/training/losses/objective';
import { isTrained } from '../../src/server/model/partial';
import { goldenModel, testEngine } from '../support/model';
import { PATIENT, deaf, temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

for (const head of HEADS) {
  for (const loss of LOSSES) {
    test(`head ${head} with loss ${loss}: trains, is saved and predicts what was reported`, async (t) => {
      const folder = temporaryFolder(t);
      const objective = { ...DEFAULT_OBJECTIVE, loss };
      const outcome = await fineTune(tinyRequest(folder, { head, objective, epochs: 3 }), tinyWorld());
      const { model, folder: saved } = await loadClassifier(outcome.folder);
      assert.equal(saved.config.head, head);
      assert.equal(saved.rowlight?.loss, loss);
      const predictor = await createPredictor(testEngine, model);
      const { heldOut } = outcome.data;
      const predictions = await predictor.predict(heldOut.map(({ text }) => ({ text })));
      const right = predictions.filter(({ label }, i) => label === heldOut[i]!.label).length;
      assert.ok(Math.abs(right / heldOut.length - outcome.scores.accuracy) < 1e-9);
      await predictor.dispose();
    });
  }
}

/** Stops a run after the given step. */
function stopAfter(step: number) {
  const controller = new AbortController();
  const follower = { ...deaf, stepped: (progress: { step: number }) => progress.step === step && controller.abort() };
  return { signal: controller.signal, follower };
}

const best = (folder: string): Buffer => {
  const { best: name } = JSON.parse(readFileSync(join(folder, 'checkpoints.json'), 'utf8')) as { best: string };
  return readFileSync(join(folder, 'checkpoints', name, 'model.safetensors'));
};

test('a resumed run with plateaus and early stopping ends as the unbroken one', async (t) => {
  const changes: Partial<FineTuneRequest> = {
    // A rate at which nothing gets better: the plateaus come at once.
    learningRate: 1e-7,
    epochs: 8,
    schedule: 'constant',
    head: 'pooled',
    objective: { ...DEFAULT_OBJECTIVE, classWeights: 'balanced', labelSmoothing: 0.1 },
    patience: { metric: 'accuracy', stopAfter: 4, plateauAfter: 2, plateauFactor: 0.5 },
  };
  const whole = temporaryFolder(t);
  const outcome = await fineTune(tinyRequest(whole, changes), tinyWorld());
  const broken = temporaryFolder(t);
  await assert.rejects(
    fineTune(tinyRequest(broken, changes), tinyWorld(stopAfter(21))),
    ({ reason }: { reason: string }) => reason === 'cancelled',
  );
  const resumed = await resume(join(broken, 'run'), tinyWorld());
  assert.equal(resumed.steps, outcome.steps);
  assert.ok(outcome.steps < 48, 'it stopped early');
  assert.deepEqual(resumed.scores, outcome.scores);
  assert.ok(best(resumed.folder).equals(best(outcome.folder)));
  const rates = (await readMetrics(outcome.folder)).flatMap((line) =>
    line.event === 'step' ? [line.learningRate] : [],
  );
  assert.ok(new Set(rates.slice(6)).size > 1, 'the rate was lowered');
  assert.equal((await readRun(resumed.folder)).arguments['class-weights'], 'balanced');
});

test('the wished metric chooses the best checkpoint', async (t) => {
  const request = tinyRequest(temporaryFolder(t), { epochs: 4, patience: { ...PATIENT, metric: 'loss' } });
  const { folder, scores } = await fineTune(request, tinyWorld());
  const losses = (await readMetrics(folder)).flatMap((line) => (line.event === 'evaluated' ? [line.loss] : []));
  assert.equal(scores.loss, Math.min(...losses));
});

for (const scope of ['head', 'last-1'] as const) {
  test(`training ${scope} only: the rest of the model stays bit by bit, and a resumed run is the unbroken one`, async (t) => {
    const changes: Partial<FineTuneRequest> = { scope, head: 'mean', epochs: 3, learningRate: 1e-2 };
    const whole = temporaryFolder(t);
    const outcome = await fineTune(tinyRequest(whole, changes), tinyWorld());
    const { model } = await loadClassifier(outcome.folder);
    const base = goldenModel('tiny').weights;
    const from = scope === 'head' ? model.config.layers : model.config.layers - 1;
    for (const [name, { data }] of model.weights)
      if (!isTrained(name, from)) assert.deepEqual(data, base.get(name)!.data, name);
    const broken = temporaryFolder(t);
    await assert.rejects(fineTune(tinyRequest(broken, changes), tinyWorld(stopAfter(8))));
    const resumed = await resume(join(broken, 'run'), tinyWorld());
    assert.deepEqual(resumed.scores, outcome.scores);
    assert.ok(best(resumed.folder).equals(best(outcome.folder)));
  });
}
