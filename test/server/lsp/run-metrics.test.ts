import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  FindRows,
  FollowMetrics,
  MetricsChanged,
  TryText,
  UnfollowMetrics,
  WriteReport,
  type RunMetrics,
} from '../../../src/protocol/metrics';
import { type ShownMetrics, isPretraining } from '../../../src/protocol/pretraining-metrics';
import { nodeFiles } from '../../../src/server/node-files';
import { fineTune } from '../../../src/server/runs/fine-tune';
import { FLOOR_FILE } from '../../../src/server/runs/floor';
import { metricsWork } from '../../../src/server/runs/metrics-work';
import { readPredictions } from '../../../src/server/runs/predictions';
import { readRun } from '../../../src/server/runs/run-folder';
import { rereadTrainingData } from '../../../src/server/runs/training-data';
import { scoreFloor } from '../../../src/server/training/floor';
import { silentLog } from '../../../src/server/env';
import { temporaryFolder, tinyRequest, tinyWorld } from '../../support/tiny-run';
import { openPair, type PairOptions, type TestClient } from '../support/pair';

interface Followed {
  readonly client: TestClient;
  /** The run's folder, and the data file that its held-out rows lie in. */
  readonly folder: string;
  readonly data: string;
  /** Every snapshot that the server sent. */
  readonly snapshots: RunMetrics[];
}

/** A real run of the tiny model, and a client of a server that reads the disk. */
async function trained(t: TestContext, options: PairOptions = {}): Promise<Followed> {
  const root = temporaryFolder(t);
  const folder = join(root, '.rowlight', 'runs', 'run-1');
  const request = tinyRequest(root, { output: folder });
  await fineTune(request, tinyWorld());
  const stamp = (path: string) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return Promise.resolve(found && `${found.mtimeMs} ${found.size}`);
  };
  const client = await openPair(t, { ...options, env: { files: nodeFiles, stamp, metrics: metricsWork } });
  client.host.labels = ['blue', 'green', 'red'];
  client.host.script = () => ({ label: 'green', probability: 0.9 });
  const snapshots: RunMetrics[] = [];
  client.on(MetricsChanged, (metrics) => void snapshots.push(ofFineTuning(metrics)));
  return { client, folder, data: request.data, snapshots };
}

function ofFineTuning(metrics: ShownMetrics): RunMetrics {
  assert.ok(!isPretraining(metrics));
  return metrics;
}

/** Follows a run and waits for its scores. */
async function followed({ client, folder, snapshots }: Followed): Promise<RunMetrics> {
  const first = ofFineTuning(await client.request(FollowMetrics, { folder }));
  if (!first.judging) return first;
  await client.until(() => snapshots.at(-1)?.judging === false);
  return snapshots.at(-1)!;
}

test('a run is shown whole: course, scores with intervals, floor, labels, confusions, mistakes with their texts', async (t) => {
  const run = await trained(t);
  const metrics = await followed(run);
  assert.equal(metrics.run.state, 'finished');
  assert.equal(metrics.steps.length, 12);
  assert.deepEqual(
    metrics.evaluations.map(({ step }) => step),
    [6, 12],
  );
  assert.equal(metrics.evaluations.filter(({ best }) => best).length, 1);
  const { judgement } = metrics;
  assert.ok(judgement);
  const judged = await readPredictions(run.folder);
  const right = judged.filter(({ label, prediction }) => label === prediction).length;
  assert.equal(judgement.rows, judged.length);
  assert.equal(judgement.accuracy.value, right / judged.length);
  assert.equal(judgement.accuracy.value, metrics.run.scores?.accuracy);
  assert.ok(Math.abs(judgement.macroF1.value - (metrics.run.scores?.macroF1 ?? 0)) < 1e-12);
  assert.equal(judgement.confusion.reduce((sum, { rows }) => sum + rows, 0), judged.length); // prettier-ignore
  assert.equal(judgement.mistakeCount, judged.length - right);
  const { train, heldOut, labels } = await rereadTrainingData(await readRun(run.folder), silentLog);
  assert.ok(judgement.floor !== 'unknown');
  assert.equal(judgement.floor.accuracy.value, scoreFloor(train, heldOut, labels).accuracy);
  const lines = readFileSync(run.data, 'utf8').split('\n');
  for (const { text, line, label, prediction } of judgement.mistakes) {
    assert.equal(lines[line ?? -1], `${label}\t${text}`);
    assert.notEqual(label, prediction);
  }
  assert.deepEqual(judgement.heldOut, { path: run.data, state: 'same', gone: 0, relabelled: 0 });
});

test('the floor stays what it was once the data is edited; without a record of it, it is fitted as long as the data is the same', async (t) => {
  const run = await trained(t);
  const floorOf = async () => (await metricsWork.judge(run.folder))?.floor;
  const recorded = await floorOf();
  rmSync(join(run.folder, FLOOR_FILE));
  assert.deepEqual(await floorOf(), recorded, 'a run of an older version');
  appendFileSync(run.data, 'red\t我护照办\n');
  assert.equal(await floorOf(), 'unknown');
});

test('rows are found by their text on the disk after edits that moved them, and those that are gone are said to be', async (t) => {
  const run = await trained(t);
  const judged = await readPredictions(run.folder);
  const lines = readFileSync(run.data, 'utf8').trimEnd().split('\n');
  const [first, second, third] = judged;
  assert.ok(first && second && third);
  // Row n stands on line n + 1. The first is deleted, the second gets another label, and everything moves down by two lines.
  const now = lines.map((line, at) => (at === second.row + 1 ? line.replace(/^\w+/, 'blue2') : line));
  const edited = [now[0], 'red\t新的一行', 'green\t另一行', ...now.slice(1).filter((_, row) => row !== first.row)];
  writeFileSync(run.data, `${edited.join('\n')}\n`);
  const find = async (index: number) => {
    const { rows, path } = await run.client.request(FindRows, { folder: run.folder, which: { index } });
    assert.equal(path, run.data);
    return rows[0]!;
  };
  assert.deepEqual([(await find(0)).line, (await find(0)).text], [null, null]);
  assert.equal((await find(1)).labelNow, 'blue2');
  const found = await find(2);
  assert.equal(edited[found.line ?? -1], `${third.label}\t${found.text}`);
  assert.equal(edited[found.line ?? -1], lines[third.row + 1]);
  const { judgement } = await followed(run);
  assert.deepEqual(judgement?.heldOut, { path: run.data, state: 'changed', gone: 1, relabelled: 1 });
});

test('in an open document rows are found among edits that were not saved', async (t) => {
  const run = await trained(t);
  const uri = pathToFileURL(run.data).href;
  const saved = readFileSync(run.data, 'utf8');
  run.client.open(uri, saved);
  run.client.change(uri, {
    range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } },
    text: 'red\t没有保存的行\n',
  });
  const judged = await readPredictions(run.folder);
  const cell = { label: judged[0]!.label, prediction: judged[0]!.prediction };
  const { rows, total } = await run.client.request(FindRows, { folder: run.folder, which: cell });
  const own = judged.filter(({ label, prediction }) => label === cell.label && prediction === cell.prediction);
  assert.equal(total, own.length);
  assert.deepEqual(
    rows.map(({ line }) => line).sort((a, b) => a! - b!),
    own.map(({ row }) => row + 2),
  );
  assert.ok(rows.every((row, at) => at === 0 || row.probability <= rows[at - 1]!.probability));
  await assert.rejects(
    run.client.request(FindRows, { folder: run.folder, which: { label: 'red', prediction: 'purple' } }),
    /no longer among the predictions/,
  );
});

test('a run of Rowlight 0.1, whose predictions have no second choice and no checkpoint, opens', async (t) => {
  const run = await trained(t);
  const rows = await readPredictions(run.folder);
  const pointers = JSON.parse(readFileSync(join(run.folder, 'checkpoints.json'), 'utf8')) as { best: string };
  rmSync(join(run.folder, 'checkpoints', pointers.best, 'predictions.tsv'));
  const lines = rows.map((row) =>
    [row.row, row.hash, row.label, row.prediction, row.probability.toFixed(6)].join('\t'),
  );
  writeFileSync(
    join(run.folder, 'predictions.tsv'),
    `${['row\thash\tlabel\tprediction\tprobability', ...lines].join('\n')}\n`,
  );
  const { judgement } = await followed(run);
  assert.equal(judgement?.rows, rows.length);
  assert.ok(judgement.mistakes.every(({ second }) => second === undefined));
});

test('a run that goes on sends complete snapshots; NaN is a gap; a broken file is one line; a folder that is no run is refused', async (t) => {
  const run = await trained(t);
  const before = await followed(run);
  const step = { event: 'step', attempt: 1, learningRate: 1e-3, examplesPerSecond: 9, secondsLeft: 1 };
  const append = (line: object) => appendFileSync(join(run.folder, 'metrics.jsonl'), `${JSON.stringify(line)}\n`);
  const started = { event: 'started', attempt: 2, step: 12, time: 0, totalSteps: 14, epochs: 3, device: 'onnx cpu' };
  append(started);
  append({ ...step, attempt: 2, step: 13, loss: null });
  append({ ...step, attempt: 2, step: 14, loss: 0.25 });
  await run.client.until(() => run.snapshots.at(-1)?.steps.length === before.steps.length + 2);
  const now = run.snapshots.at(-1)!;
  assert.deepEqual(
    now.steps.slice(-2).map(({ loss }) => loss),
    [null, 0.25],
  );
  assert.equal(now.run.totalSteps, 14);
  assert.deepEqual(now.judgement, before.judgement, 'each snapshot is whole');

  const pointers = JSON.parse(readFileSync(join(run.folder, 'checkpoints.json'), 'utf8')) as { best: string };
  writeFileSync(join(run.folder, 'checkpoints', pointers.best, 'predictions.tsv'), 'nonsense');
  copyFileSync(join(run.folder, 'checkpoints', pointers.best, 'predictions.tsv'), join(run.folder, 'predictions.tsv'));
  await run.client.until(() => run.snapshots.at(-1)?.problem !== undefined);
  assert.match(run.snapshots.at(-1)?.problem ?? '', /predictions\.tsv: line 1: not the header/);

  await run.client.notify(UnfollowMetrics, { folder: run.folder });
  await assert.rejects(run.client.request(FollowMetrics, { folder: join(run.folder, 'nowhere') }), /nowhere.*no such/);
  await assert.rejects(run.client.request(FollowMetrics, { folder: 'run-1' }), /whole path/);
});

test('before the first evaluation there are no scores, and that is no problem', async (t) => {
  const run = await trained(t);
  for (const name of ['predictions.tsv', 'checkpoints.json']) rmSync(join(run.folder, name));
  rmSync(join(run.folder, 'checkpoints'), { recursive: true });
  const text = readFileSync(join(run.folder, 'metrics.jsonl'), 'utf8').split('\n');
  writeFileSync(join(run.folder, 'metrics.jsonl'), `${text.slice(0, 4).join('\n')}\n`);
  const metrics = await followed(run);
  assert.equal(metrics.judgement, null);
  assert.equal(metrics.problem, undefined);
  assert.deepEqual(metrics.evaluations, []);
  assert.ok(metrics.steps.length > 0);
});

test('a sentence is predicted by the best checkpoint of the run', async (t) => {
  const run = await trained(t);
  const tried = await run.client.request(TryText, { folder: run.folder, text: '怎么办护照' });
  assert.deepEqual(run.client.host.seen, ['怎么办护照']);
  assert.deepEqual(tried.ranked[0], { label: 'green', probability: 0.9 });
  assert.equal(tried.ranked.length, 3);
  await assert.rejects(run.client.request(TryText, { folder: run.folder, text: ' ' }), /Type a text/);
  await assert.rejects(run.client.request(TryText, { folder: run.folder, text: '长'.repeat(20_001) }), /At most/);
});

test('the report is one file in the language of the editor, written whole', async (t) => {
  const run = await trained(t, { locale: 'zh-cn' });
  const output = join(run.folder, '..', 'report.html');
  await run.client.request(WriteReport, { folder: run.folder, output });
  const html = readFileSync(output, 'utf8');
  const judged = await readPredictions(run.folder);
  const right = judged.filter(({ label, prediction }) => label === prediction).length;
  assert.match(html, /评估报告/);
  assert.ok(html.includes(`${((100 * right) / judged.length).toFixed(1)}%`));
  assert.equal(/https?:|<script|src=/i.exec(html)?.[0], undefined);
  const wrong = join(run.folder, 'report.txt');
  await assert.rejects(run.client.request(WriteReport, { folder: run.folder, output: wrong }), /ends in \.html/);
  assert.equal(existsSync(wrong), false);
});
