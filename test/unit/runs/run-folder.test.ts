import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findRuns, prepareRunsFolder, runsFolder, summarize } from '../../../src/server/runs/list';
import { lockRun } from '../../../src/server/runs/lock';
import { openMetrics } from '../../../src/server/runs/metrics';
import { predictionsFile, readPredictions } from '../../../src/server/runs/predictions';
import { beginAttempt, createRun, newRunId, readRun, sha256, textHash } from '../../../src/server/runs/run-folder';
import { failure } from '../model/odd-bert';
import { LABELS, RECORD, save, temporaryFolder } from './run-fixture';

const clock = { now: () => Date.UTC(2026, 10, 23, 16, 51, 17, 5) };
const scores = { accuracy: 0.9, macroF1: 0.8, loss: 0.3 };

test('run.json is written, read and refused a second time; attempts are counted', async (t) => {
  const run = join(await temporaryFolder(t), 'a', 'run');
  await assert.rejects(readRun(run), failure('not-found', /run\.json: no such file or folder/));
  await createRun(run, RECORD);
  assert.deepEqual(await readRun(run), { ...RECORD, format: 1, attempts: [] });
  await assert.rejects(createRun(run, RECORD), failure('bad-argument', /holds a run already/));
  assert.equal(await beginAttempt(run, clock), 1);
  assert.equal(await beginAttempt(run, clock, { resumedFrom: 120 }), 2);
  assert.deepEqual((await readRun(run)).attempts, [
    { attempt: 1, startedAt: '2026-11-23T16:51:17.005Z', pid: process.pid },
    { attempt: 2, startedAt: '2026-11-23T16:51:17.005Z', pid: process.pid, resumedFrom: 120 },
  ]);
  await writeFile(join(run, 'run.json'), '{"format":1}');
  await assert.rejects(readRun(run), failure('bad-data', /run\.json: id: /));
});

test('ids sort by time and are names of folders everywhere', () => {
  assert.match(newRunId(clock), /^2026-11-23-165117-[0-9a-f]{4}$/);
  assert.notEqual(textHash('a', 'b'), textHash('a'));
  assert.equal(textHash('报警'), sha256('报警').slice(0, 16));
});

test('predictions come back with any label', async (t) => {
  const run = await temporaryFolder(t);
  const file = join(run, 'predictions.tsv');
  const write = (judged: Parameters<typeof predictionsFile>[0]) =>
    writeFile(file, Buffer.concat(predictionsFile(judged).parts));
  assert.deepEqual(await readPredictions(run), []);
  const rows = ['a\tb', 'a\nb\r', '\\t', '', '报警'].map((label, row) => ({
    row,
    hash: textHash(label),
    label,
    prediction: `${label}\\n`,
    probability: 0.75,
    ...(row === 2 ? {} : { second: label, secondProbability: 0.125 }),
  }));
  await write(rows);
  assert.deepEqual(await readPredictions(run), rows);
  await write([]);
  assert.deepEqual(await readPredictions(run), []);
  for (const broken of ['1\t2', '1\tab\tx\ty\t2.5\t\t', '1\tab\tx\ty\tNaN\t\t', '1\tab\tx\ty\t0.5\tz\t-1']) {
    await write([]);
    await writeFile(file, `${await readFile(file, 'utf8')}${broken}\n`);
    await assert.rejects(readPredictions(run), failure('bad-data', /line 2: not a row/));
  }
});

test('predictions of Rowlight 0.1 are read: five columns, in the run folder alone', async (t) => {
  const run = await temporaryFolder(t);
  await writeFile(
    join(run, 'predictions.tsv'),
    'row\thash\tlabel\tprediction\tprobability\n3\tab\t报警\t咨询\t0.500000\n',
  );
  await save(run, 1, true);
  assert.deepEqual(await readPredictions(run), [
    { row: 3, hash: 'ab', label: '报警', prediction: '咨询', probability: 0.5 },
  ]);
});

test('runs stay out of the repository, and a .gitignore that is there stays as it is', async (t) => {
  const workspace = await temporaryFolder(t);
  assert.equal(await prepareRunsFolder(workspace), runsFolder(workspace));
  const ignore = join(workspace, '.rowlight', '.gitignore');
  assert.equal(await readFile(ignore, 'utf8'), '*\n');
  await writeFile(ignore, 'mine');
  await prepareRunsFolder(workspace);
  assert.equal(await readFile(ignore, 'utf8'), 'mine');
});

test('the state of a run follows from its files and its lock', async (t) => {
  const run = join(await temporaryFolder(t), 'run');
  await createRun(run, RECORD);
  assert.equal((await summarize(run)).state, 'interrupted');
  const release = await lockRun(run);
  const attempt = await beginAttempt(run, clock);
  const metrics = await openMetrics(run);
  await metrics.append({ event: 'started', attempt, step: 0, time: 0, totalSteps: 90, epochs: 3, device: 'onnx cpu' });
  const { id, createdAt, base, columns, headerless, labels } = RECORD;
  const facts = {
    id,
    folder: run,
    createdAt,
    data: 'samples/train.tsv',
    base,
    columns,
    headerless,
    labels,
    totalSteps: 90,
  };
  assert.deepEqual(await summarize(run), { ...facts, state: 'running', pid: process.pid, step: 0, usable: false });
  await metrics.append({ event: 'evaluated', attempt, step: 30, ...scores });
  await save(run, 30, true);
  await metrics.append({ event: 'evaluated', attempt, step: 60, accuracy: 0.1, macroF1: 0.1, loss: 9 });
  await save(run, 60, false);
  await metrics.append({ event: 'cancelled', attempt, step: 61 });
  await release();
  assert.deepEqual(await summarize(run), { ...facts, state: 'cancelled', step: 61, usable: true, scores });
  await metrics.append({
    event: 'started',
    attempt: 2,
    step: 60,
    time: 0,
    totalSteps: 90,
    epochs: 3,
    device: 'onnx cpu',
  });
  assert.equal((await summarize(run)).state, 'interrupted');
  await metrics.append({ event: 'failed', attempt: 2, step: 70, message: 'why' });
  const failed = await summarize(run);
  assert.deepEqual([failed.state, failed.message], ['failed', 'why']);
  await metrics.append({
    event: 'started',
    attempt: 3,
    step: 60,
    time: 0,
    totalSteps: 90,
    epochs: 3,
    device: 'onnx cpu',
  });
  await metrics.append({ event: 'finished', attempt: 3, step: 90, scores });
  await metrics.close();
  const finished = await summarize(run);
  assert.deepEqual(
    [finished.state, finished.message, finished.step, finished.labels],
    ['finished', undefined, 90, LABELS],
  );
});

test('runs are listed newest first; what is no run or a broken one is left out', async (t) => {
  const folder = await temporaryFolder(t);
  assert.deepEqual(await findRuns(join(folder, 'nowhere')), []);
  await createRun(join(folder, 'b'), { ...RECORD, createdAt: '2026-01-01T00:00:00.000Z' });
  await createRun(join(folder, 'a'), { ...RECORD, createdAt: '2026-01-03T00:00:00.000Z' });
  await createRun(join(folder, 'c'), { ...RECORD, createdAt: '2026-01-02T00:00:00.000Z' });
  await mkdir(join(folder, 'empty'));
  await mkdir(join(folder, 'broken'));
  await writeFile(join(folder, 'broken', 'run.json'), '{');
  const warnings: string[] = [];
  const log = {
    debug() {},
    info() {},
    error() {},
    warn: (_: string, data?: object) => warnings.push(JSON.stringify(data)),
  };
  assert.deepEqual(
    (await findRuns(folder, log)).map((run) => run.folder),
    ['a', 'c', 'b'].map((name) => join(folder, name)),
  );
  assert.match(warnings.join(), /broken.*not valid JSON/);
});
