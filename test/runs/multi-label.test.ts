/** Real runs on rows of several labels: trained, saved as transformers writes them, judged, predicted, broken off and resumed. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createPredictor } from '../../src/server/inference/predictor';
import { resolveModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import { type FineTuneRequest, fineTune, resume } from '../../src/server/runs/fine-tune';
import { readFloor } from '../../src/server/runs/floor';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { readPredictions } from '../../src/server/runs/predictions';
import { fineTuneStages } from '../../src/server/runs/stages';
import { scoreSetFloor } from '../../src/server/training/floor';
import { DEFAULT_OBJECTIVE } from '../../src/server/training/losses/objective';
import { testEngine } from '../support/model';
import { deaf, temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

const multiLabel = { delimiter: '|' };

/** Rows whose characters tell their labels: 我 is red, 你 is blue, both or neither may be there. */
function rows(count = 80): { readonly text: string; readonly labels: string[] }[] {
  return Array.from({ length: count }, (_, row) => {
    const labels = [...(row % 2 ? ['red'] : []), ...(row % 3 ? ['blue'] : [])];
    const words = ['身', '份', '证', '护', '照'].slice(row % 4, 1 + (row % 5) + (row % 4));
    return { text: `${row % 2 ? '我' : ''}${words.join('')}${row % 3 ? '你' : ''}办${'么'.repeat(row % 7)}`, labels };
  });
}

/** A run over them, in one column or in a column a label. */
function request(folder: string, changes: Partial<FineTuneRequest> = {}): FineTuneRequest {
  const data = join(folder, 'sets.tsv');
  const lines = rows().map(({ text, labels }) => {
    const [red, blue] = ['red', 'blue'].map((label) => Number(labels.includes(label)));
    return `${labels.join('|') || '|'}\t${text}\t${red}\t${blue}\n`;
  });
  writeFileSync(data, `label\ttext\tred\tblue\n${lines.join('')}`);
  return tinyRequest(folder, { data, multiLabel, columns: { text: 'text', label: 'label' }, epochs: 12, ...changes });
}

// Soft F1 says little to a head that has learnt nothing.
for (const [loss, least] of [
  ['cross-entropy', 0.75],
  ['soft-f1', 0.6],
] as const) {
  test(`a run with loss ${loss} learns, and predicts what was reported`, async (t) => {
    const folder = temporaryFolder(t);
    const objective = { ...DEFAULT_OBJECTIVE, loss, classWeights: loss === 'soft-f1' ? 'none' : 'balanced' };
    const outcome = await fineTune(request(folder, { objective }), tinyWorld());
    assert.ok(outcome.scores.macroF1 > least, `macro F1 ${outcome.scores.macroF1}`);
    const checkpoint = await resolveModelFolder(nodeFiles, outcome.folder);
    const config = JSON.parse(readFileSync(join(checkpoint, 'config.json'), 'utf8')) as Record<string, unknown>;
    assert.equal(config.problem_type, 'multi_label_classification');
    const { model, multiLabel: read } = await loadClassifier(outcome.folder);
    assert.deepEqual([model.labels, read], [['blue', 'red'], multiLabel]);
    const predictor = await createPredictor(testEngine, model);
    const { heldOut } = outcome.data;
    const predictions = await predictor.predict(heldOut);
    const right = predictions.filter(({ label }, at) => label === heldOut[at]!.label).length;
    assert.equal(right / heldOut.length, outcome.scores.accuracy);
    for (const { labels, label, probabilities, probability } of predictions) {
      assert.deepEqual(labels, model.labels.filter((_, id) => probabilities[id]! >= 0.5)); // prettier-ignore
      assert.equal(label, labels!.join('|') || '|');
      assert.equal(probability, Math.min(...probabilities.map((p) => Math.max(p, 1 - p))));
    }
    const judged = await readPredictions(outcome.folder);
    assert.equal(judged.filter(({ label, prediction }) => label === prediction).length / judged.length, outcome.scores.accuracy); // prettier-ignore
    await predictor.dispose();
  });
}

test('columns of one label each are the same task as one cell', async (t) => {
  const [one, other] = [temporaryFolder(t), temporaryFolder(t)];
  const whole = await fineTune(request(one, { epochs: 2 }), tinyWorld());
  const columns = { columns: { text: 'text' }, multiLabel: { delimiter: '|', columns: ['blue', 'red'] } };
  const split = await fineTune(request(other, { epochs: 2, ...columns }), tinyWorld());
  assert.deepEqual(split.scores, whole.scores);
});

test('a run that was stopped ends as the unbroken one, and its second stage judges by the same rows', async (t) => {
  const [whole, broken, staged] = [temporaryFolder(t), temporaryFolder(t), temporaryFolder(t)];
  const unbroken = await fineTune(request(whole, { epochs: 3 }), tinyWorld());
  const stop = new AbortController();
  const follower = { ...deaf, stepped: ({ step }: { step: number }) => void (step === 11 && stop.abort()) };
  await assert.rejects(fineTune(request(broken, { epochs: 3 }), tinyWorld({ signal: stop.signal, follower })));
  assert.deepEqual((await resume(join(broken, 'run'), tinyWorld())).scores, unbroken.scores);
  const second = { epochs: 2, scope: 'head', objective: { ...DEFAULT_OBJECTIVE, loss: 'soft-f1' } } as const;
  const stages = [request(staged, { epochs: 3 }), request(staged, second)];
  const { data } = await fineTuneStages(stages, tinyWorld());
  assert.deepEqual(data.heldOut, unbroken.data.heldOut);
});

test('what can not go with several labels is refused in one line', async (t) => {
  const folder = temporaryFolder(t);
  const focal = request(folder, { objective: { ...DEFAULT_OBJECTIVE, loss: 'focal' } });
  await assert.rejects(fineTune(focal, tinyWorld()), /--loss focal is for one label a row/);
  const columns = request(folder, {
    output: join(folder, 'two'),
    multiLabel: { delimiter: '|', columns: ['red', 'no'] },
  });
  await assert.rejects(fineTune(columns, tinyWorld()), /sets\.tsv: has not all of the label columns red, no; its columns are label, text, red, blue/); // prettier-ignore
});

test('a temperature is fitted on the held-out rows, kept with the model and applied to what it predicts', async (t) => {
  const folder = temporaryFolder(t);
  // Labels that contradict the words, one row in four: no model is right everywhere.
  const data = join(folder, 'noisy.tsv');
  const lines = rows(160).map(({ text, labels }, row) => {
    const own = row % 4 === 1 ? ['blue', 'red'].filter((label) => !labels.includes(label)) : labels;
    return `${own.join('|') || '|'}\t${text}\t0\t0\n`;
  });
  const settings = request(folder, { epochs: 12, learningRate: 1e-2 });
  writeFileSync(data, `label\ttext\tred\tblue\n${lines.join('')}`);
  const outcome = await fineTune({ ...settings, data }, tinyWorld());
  const { model, folder: read } = await loadClassifier(outcome.folder);
  const { calibration } = read.rowlight!;
  assert.ok(calibration && calibration.temperature !== 1, JSON.stringify(calibration));
  assert.equal(calibration.rows, outcome.data.heldOut.length);
  assert.ok(calibration.after.loss < calibration.before.loss);
  const answer = async (temperature: number) => {
    const predictor = await createPredictor(testEngine, { ...model, temperature });
    const answers = await predictor.predict(outcome.data.heldOut);
    await predictor.dispose();
    return answers;
  };
  const [bare, tempered] = [await answer(1), await answer(calibration.temperature)];
  const logit = (one: number) => Math.log(one / (1 - one));
  bare.forEach((one, row) => {
    assert.equal(tempered[row]!.label, one.label);
    one.probabilities.forEach((probability, id) => {
      const own = logit(tempered[row]!.probabilities[id]!) * calibration.temperature;
      assert.ok(Math.abs(own - logit(probability)) < 1e-6);
    });
  });
  const judged = await readPredictions(outcome.folder);
  judged.forEach(({ probability }, row) => assert.ok(Math.abs(probability - tempered[row]!.probability) < 1e-3));
});

test('a naive Bayes for each label judges the same held-out rows, and stays in the run', async (t) => {
  const folder = temporaryFolder(t);
  const outcome = await fineTune(request(folder, { epochs: 1 }), tinyWorld());
  const floor = (await readFloor(outcome.folder))!;
  const { train, heldOut, labels } = outcome.data;
  assert.deepEqual(floor.map(({ label }) => label), heldOut.map(({ label }) => label)); // prettier-ignore
  const { accuracy } = scoreSetFloor(train, heldOut, labels, multiLabel);
  assert.equal(floor.filter(({ label, prediction }) => label === prediction).length / heldOut.length, accuracy);
});
