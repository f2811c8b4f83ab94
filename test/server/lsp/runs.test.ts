import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CancelRun, ListModels, ListRuns, PlanRun, StartRun } from '../../../src/protocol/messages';
import { FollowMetrics, MetricsChanged } from '../../../src/protocol/metrics';
import { TrainerFailed } from '../../../src/protocol/run-actions';
import type { MetricsLine } from '../../../src/protocol/runs';
import { createRun } from '../../../src/server/runs/run-folder';
import { lockRun } from '../../../src/server/runs/lock';
import { createStages } from '../../../src/server/runs/stages-record';
import { openPair, type TestClient } from '../support/pair';

const text = '场景\t问题\n甲\t怎么报警\n乙\t有人打架\n\t丢了钱包\n';
const scores = { accuracy: 0.9, macroF1: 0.85, loss: 0.3 };

interface Workspace {
  readonly client: TestClient;
  readonly root: string;
  readonly uri: string;
  readonly path: string;
}

/** A workspace on the disk with one data file, open in a client. */
async function workspace(t: TestContext): Promise<Workspace> {
  const root = mkdtempSync(join(tmpdir(), 'rowlight-lsp-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'train.tsv');
  writeFileSync(path, text);
  const client = await openPair(t, { folders: [root] });
  client.files.model('/models/zh-mini', []);
  const uri = pathToFileURL(path).href;
  client.open(uri, text);
  return { client, root, uri, path };
}

/** What a trainer writes, line by line. */
function append(folder: string, ...lines: MetricsLine[]): void {
  const content = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(join(folder, 'metrics.jsonl'), content, { flag: 'a' });
}

/** A run folder as a trainer makes it. */
async function makeRun(folder: string, data: string): Promise<void> {
  await createRun(folder, {
    id: 'run-1',
    createdAt: '2026-11-23T17:00:00.000Z',
    rowlight: '0.1.0',
    arguments: {},
    data: { path: data, sha256: '' },
    base: 'zh-mini',
    seed: 1,
    labels: ['甲', '乙'],
    columns: { text: '问题', label: '场景' },
    headerless: false,
  });
}

/** Gives a run its best checkpoint: on the disk for the runs, in the client's memory for the model. */
function checkpoint(client: TestClient, folder: string): void {
  writeFileSync(join(folder, 'checkpoints.json'), JSON.stringify({ format: 1, best: 'step-4', last: 'step-4' }));
  client.files.set(`${folder}/checkpoints.json`, readFileSync(join(folder, 'checkpoints.json'), 'utf8'));
  client.files.model(`${folder}/checkpoints/step-4`, ['甲', '乙']);
}

test('a plan counts rows and labels and takes what the base recommends', async (t) => {
  const { client, root, uri, path } = await workspace(t);
  client.files.set(
    '/models/zh-mini/rowlight.json',
    JSON.stringify({ format: 1, recommended: { learningRate: 3e-4, epochs: 8 } }),
  );
  const { output, ...plan } = await client.request(PlanRun, { uri });
  assert.equal(dirname(output), join(root, '.rowlight', 'runs'));
  assert.equal(existsSync(output), false, 'a plan makes nothing');
  assert.deepEqual(plan, {
    data: path,
    base: '/models/zh-mini',
    baseName: 'zh-mini',
    textColumn: '问题',
    labelColumn: '场景',
    otherColumns: [],
    labelled: 2,
    unlabelled: 1,
    labels: 2,
    recommended: { epochs: 8, learningRate: 3e-4, maxLength: 128, batchSize: 32 },
  });
});

test('what can not be trained on is refused in one line', async (t) => {
  const { client } = await workspace(t);
  client.open('untitled:a', text);
  await assert.rejects(client.request(PlanRun, { uri: 'untitled:a' }), /Save the data as a file first/);
  client.open('file:///one.tsv', '场景\t问题\n甲\t怎么报警\n');
  await assert.rejects(client.request(PlanRun, { uri: 'file:///one.tsv' }), /one\.tsv: give some rows at least two/);
  client.open('file:///empty.tsv', '');
  await assert.rejects(client.request(PlanRun, { uri: 'file:///empty.tsv' }), /empty\.tsv: The file is empty/);
});

test('a run: started, followed, refused twice, finished, and its model predicts the file', async (t) => {
  const { client, root, uri, path } = await workspace(t);
  const plan = await client.request(PlanRun, { uri });
  const { folder } = await client.request(StartRun, { uri, plan, arguments: { ...plan.recommended, epochs: 2 } });
  assert.ok(folder.startsWith(join(root, '.rowlight', 'runs')));
  assert.equal(readFileSync(join(root, '.rowlight', '.gitignore'), 'utf8'), '*\n');
  const { args, exit } = client.started[0]!;
  assert.deepEqual(args.slice(0, 6), ['train', path, '--base', '/models/zh-mini', '--output', folder]);
  assert.equal(folder, plan.output, 'what the form shows is what runs');
  assert.equal(args[args.indexOf('--epochs') + 1], '2');

  await makeRun(folder, path);
  const release = await lockRun(folder);
  append(folder, { event: 'started', attempt: 1, step: 0, time: 0, totalSteps: 4, epochs: 1, device: 'onnx cpu' });
  append(folder, {
    event: 'step',
    attempt: 1,
    step: 2,
    loss: 1.5,
    learningRate: 1,
    examplesPerSecond: 9,
    secondsLeft: 7,
  });
  await client.until(() => client.runs.some(({ run, loss }) => run.step === 2 && loss === 1.5));
  assert.equal(client.runs.at(-1)?.secondsLeft, 7);
  await assert.rejects(client.request(StartRun, { uri, plan, arguments: plan.recommended }), /is under way/);
  await client.request(CancelRun, { folder });
  assert.deepEqual(client.cancelled, [folder]);

  checkpoint(client, folder);
  append(
    folder,
    { event: 'evaluated', attempt: 1, step: 4, ...scores },
    { event: 'finished', attempt: 1, step: 4, scores },
  );
  await release();
  exit(0);
  await client.until(() => client.runs.at(-1)?.run.state === 'finished');
  assert.deepEqual(client.runs.at(-1)?.run.scores, scores);
  // Until then the file was predicted provisionally, from its own rows.
  await client.until(() => client.status?.files[uri]?.kind === 'predicting');
  assert.deepEqual(await client.hintLines(uri), ['1:1 · 97%', '2:1 → 甲 97%', '3:0 甲 97%']);
  const [option] = await client.request(ListModels, { uri });
  assert.deepEqual([option?.folder, option?.current, option?.accuracy], [folder, true, 0.9]);
});

test('a trainer that ends without a run: its last line is the message, and its folder goes', async (t) => {
  const { client, uri, path } = await workspace(t);
  const plan = await client.request(PlanRun, { uri });
  const { folder } = await client.request(StartRun, { uri, plan, arguments: plan.recommended });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'trainer.log'), 'data …\nrowlight: train.tsv:3: ragged row\n');
  client.started[0]!.exit(1);
  await client.until(() => client.heard(TrainerFailed).length > 0);
  assert.deepEqual(client.heard(TrainerFailed), [{ data: path, message: 'train.tsv:3: ragged row' }]);
  assert.deepEqual(await client.request(ListRuns, null), []);
  assert.equal(existsSync(folder), false);
});

test('a run in two stages is one run, whose stage moves on', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'rowlight-lsp-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, '.rowlight', 'runs', 'r');
  const begun: MetricsLine = { event: 'started', attempt: 1, step: 0, time: 0, totalSteps: 4, epochs: 1, device: 'onnx cpu' }; // prettier-ignore
  await createStages(folder, {
    format: 1,
    createdAt: '2026-11-23T17:00:00.000Z',
    rowlight: '0.2.0',
    data: 'train.tsv',
    columns: {},
    base: 'zh-mini',
    seed: 1,
    stages: [{}, {}],
  });
  const release = await lockRun(folder);
  await makeRun(join(folder, 'stage-1'), 'train.tsv');
  append(join(folder, 'stage-1'), begun, { event: 'finished', attempt: 1, step: 4, scores });
  const client = await openPair(t, { folders: [root] });
  const [first] = await client.request(ListRuns, null);
  assert.deepEqual([first?.run.folder, first?.run.state, first?.run.stage], [folder, 'running', { number: 1, of: 2 }]);
  await client.request(FollowMetrics, { folder });
  await makeRun(folder, 'train.tsv');
  append(folder, begun, { event: 'evaluated', attempt: 1, step: 4, ...scores, accuracy: 0.95 });
  await client.until(() => client.runs.at(-1)?.run.stage?.number === 2);
  await client.until(() => client.heard(MetricsChanged).some(({ run }) => 'stage' in run && run.stage?.number === 2));
  append(folder, { event: 'finished', attempt: 1, step: 4, scores });
  await release();
  await client.until(() => client.runs.at(-1)?.run.state === 'finished');
  assert.equal((await client.request(ListRuns, null)).length, 1);
});

test('runs are found again by the next server: one that ended, and one that runs', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'rowlight-lsp-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, '.rowlight', 'runs', 'r');
  await makeRun(folder, 'train.tsv');
  const release = await lockRun(folder);
  append(folder, { event: 'started', attempt: 1, step: 0, time: 0, totalSteps: 4, epochs: 1, device: 'onnx cpu' });
  const client = await openPair(t, { folders: [root] });
  await client.until(() => client.runs.at(-1)?.run.state === 'running');
  append(folder, { event: 'cancelled', attempt: 1, step: 1 });
  await release();
  await client.until(() => client.runs.at(-1)?.run.state === 'cancelled');
  const next = await openPair(t, { folders: [root] });
  const [only] = await next.request(ListRuns, null);
  assert.equal(only?.run.state, 'cancelled');
  assert.deepEqual(next.runs, [], 'what ended before is no news');
});
