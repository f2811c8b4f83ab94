import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowlightError } from '../../src/server/errors';
import { loadModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import { fineTune, resume } from '../../src/server/runs/fine-tune';
import { readMetrics } from '../../src/server/runs/metrics';
import { readPredictions } from '../../src/server/runs/predictions';
import { readRun } from '../../src/server/runs/run-folder';
import { deaf, temporaryFolder, tinyData, tinyRequest, tinyRows, tinyWorld } from '../support/tiny-run';

/** Stops a run after some steps. */
function stoppingAt(step: number) {
  const controller = new AbortController();
  const follower = { ...deaf, stepped: (progress: { step: number }) => progress.step >= step && controller.abort() };
  return tinyWorld({ signal: controller.signal, follower: follower as never });
}

async function stepLosses(folder: string): Promise<[number, number][]> {
  return (await readMetrics(folder)).flatMap((line) =>
    line.event === 'step' ? [[line.step, line.loss] as [number, number]] : [],
  );
}

test('a run learns, and its folder says what happened', async (t) => {
  const folder = temporaryFolder(t);
  const request = tinyRequest(folder, { epochs: 20 });
  const outcome = await fineTune(request, tinyWorld());
  assert.ok(outcome.scores.accuracy > 0.6, `accuracy ${outcome.scores.accuracy}`);
  const lines = await readMetrics(outcome.folder);
  assert.equal(lines[0]!.event, 'started');
  assert.equal(lines.at(-1)!.event, 'finished');
  assert.equal(lines.filter(({ event }) => event === 'evaluated').length, 20);
  assert.deepEqual(
    (await stepLosses(outcome.folder)).map(([step]) => step),
    Array.from({ length: 120 }, (_, i) => i + 1),
  );

  const record = await readRun(outcome.folder);
  assert.deepEqual(record.labels, ['blue', 'green', 'red']);
  assert.equal(record.split!.heldOut.length, 12);
  const judged = await readPredictions(outcome.folder);
  assert.deepEqual(
    judged.map(({ row }) => row),
    record.split!.heldOut.map(({ row }) => row),
  );
  assert.equal(judged.filter(({ label, prediction }) => label === prediction).length / 12, outcome.scores.accuracy);

  const model = await loadModelFolder(nodeFiles, outcome.folder);
  assert.deepEqual(model.labels, ['blue', 'green', 'red']);
  assert.deepEqual(model.rowlight!.columns, { text: 'text', label: 'label' });
  assert.equal(model.rowlight!.scores!.accuracy, outcome.scores.accuracy);
  assert.ok(readdirSync(join(outcome.folder, 'checkpoints')).length <= 3, 'best, last and its state are kept');
});

for (const at of [1, 5, 6, 7, 11, 12]) {
  test(`a run stopped after step ${at} and resumed ends as an unbroken one`, async (t) => {
    const folder = temporaryFolder(t);
    const whole = await fineTune(tinyRequest(folder, { output: join(folder, 'whole') }), tinyWorld());
    const request = tinyRequest(folder, { output: join(folder, 'broken') });
    await assert.rejects(fineTune(request, stoppingAt(at)), (error) => RowlightError.is(error, 'cancelled'));
    const broken = await resume(request.output, tinyWorld());
    assert.deepEqual(await stepLosses(broken.folder), await stepLosses(whole.folder));
    assert.deepEqual(broken.scores, whole.scores);
    const bytes = async (run: string) => (await loadModelFolder(nodeFiles, run)).weights;
    const [a, b] = [await bytes(whole.folder), await bytes(broken.folder)];
    for (const [name, { data }] of a) assert.deepEqual(b.get(name)!.data, data, name);
    assert.equal((await readRun(broken.folder)).attempts.length, 2);
  });
}

test('a file named cancel stops a run where no signal can', async (t) => {
  const folder = temporaryFolder(t);
  const request = tinyRequest(folder);
  const follower = { ...deaf, stepped: () => writeFileSync(join(request.output, 'cancel'), '') };
  await assert.rejects(fineTune(request, tinyWorld({ follower })), (error) => RowlightError.is(error, 'cancelled'));
  assert.equal((await readMetrics(request.output)).at(-1)!.event, 'cancelled');
});

test('a second writer is refused, and so is a folder with a run in it', async (t) => {
  const folder = temporaryFolder(t);
  const request = tinyRequest(folder);
  let second: Promise<unknown> | undefined;
  const follower = {
    ...deaf,
    started: () => void (second = fineTune(request, tinyWorld()).catch((error: unknown) => error)),
  };
  await fineTune(request, tinyWorld({ follower }));
  assert.ok(RowlightError.is(await second, 'busy'));
  await assert.rejects(fineTune(request, tinyWorld()), (error) => RowlightError.is(error, 'bad-argument'));
});

test('a run cannot go on with data that changed', async (t) => {
  const folder = temporaryFolder(t);
  const request = tinyRequest(folder);
  await assert.rejects(fineTune(request, stoppingAt(3)), (error) => RowlightError.is(error, 'cancelled'));
  appendFileSync(request.data, 'red\t我\n');
  await assert.rejects(resume(request.output, tinyWorld()), /rows\.tsv: has changed since the run began/);
});

test('a sibling dev file judges, and rows that stand on both sides are told', async (t) => {
  const folder = temporaryFolder(t);
  const rows = tinyRows(9)
    .map(({ label, text }) => `${label}\t${text}\n`)
    .join('');
  writeFileSync(join(folder, 'dev.tsv'), `label\ttext\n${rows}purple\t我办\n`);
  const warnings: string[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) };
  const outcome = await fineTune(tinyRequest(folder), tinyWorld({ log }));
  assert.equal(outcome.data.heldOut.length, 9);
  assert.ok(
    warnings.some((warning) => warning.includes('dev.tsv:11') && warning.includes('purple')),
    warnings.join('\n'),
  );
  assert.ok(
    warnings.some((warning) => warning.startsWith('9 of 9 held-out rows')),
    warnings.join('\n'),
  );
});

test('a learning rate at which the loss is no number ends the run with one line', async (t) => {
  const folder = temporaryFolder(t);
  const request = tinyRequest(folder, { learningRate: 1e38, epochs: 9 });
  await assert.rejects(fineTune(request, tinyWorld()), /smaller --learning-rate/);
  const last = (await readMetrics(request.output)).at(-1)!;
  assert.ok(last.event === 'failed' && last.message.includes('no longer a number'));
  // What was there before it went wrong is still there.
  await loadModelFolder(nodeFiles, request.output);
});

test('the same seed gives the same run, another seed another', async (t) => {
  const folder = temporaryFolder(t);
  tinyData(folder);
  const losses = async (output: string, seed: number) => {
    await fineTune(tinyRequest(folder, { output: join(folder, output), seed, epochs: 1 }), tinyWorld());
    return stepLosses(join(folder, output));
  };
  assert.deepEqual(await losses('a', 1), await losses('b', 1));
  assert.notDeepEqual(await losses('c', 2), await losses('d', 1));
});

test('predictions.tsv names rows of the file', async (t) => {
  const folder = temporaryFolder(t);
  const outcome = await fineTune(tinyRequest(folder, { epochs: 1 }), tinyWorld());
  const text = readFileSync(join(outcome.folder, 'predictions.tsv'), 'utf8').split('\n');
  assert.equal(text.length, 12 + 2);
});

test('rows that somebody names judge the run, whatever lies beside the file, also after a break', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'dev.tsv'), 'label\ttext\nred\t我\n');
  const request = tinyRequest(folder, { heldOut: [3, 4, 50] });
  await assert.rejects(fineTune(request, stoppingAt(3)), (error) => RowlightError.is(error, 'cancelled'));
  const { data } = await resume(request.output, tinyWorld());
  assert.deepEqual(
    data.heldOut.map(({ row }) => row),
    [3, 4, 50],
  );
  assert.equal(data.train.length, 57);
  assert.ok(data.train.every(({ row }) => ![3, 4, 50].includes(row)));
});
