import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { DecideRun, RunEnded, type Verdict } from '../../../src/protocol/run-actions';
import type { ServerEnv } from '../../../src/server/lsp/environment';
import { predictionsFile } from '../../../src/server/runs/predictions';
import { lockRun } from '../../../src/server/runs/lock';
import { textHash } from '../../../src/server/runs/run-folder';
import { openPair, type TestClient } from '../support/pair';
import { appendMetrics, makeRun, pointTo, started } from '../support/run-folder';

const text = '场景\t问题\n甲\t怎么报警\n乙\t有人打架\n\t丢了钱包\n';
const scores = { accuracy: 0.9, macroF1: 0.9, loss: 0.1 };
const END = { event: 'finished', attempt: 1, step: 4, scores } as const;

interface Place {
  readonly root: string;
  readonly uri: string;
}

function place(t: TestContext): Place {
  const root = mkdtempSync(join(tmpdir(), 'rowlight-adopt-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  writeFileSync(join(root, 'train.tsv'), text);
  return { root, uri: pathToFileURL(join(root, 'train.tsv')).href };
}

/** A run whose predictions of ten held-out rows are right for the first `right`. */
async function runWith(root: string, id: string, right: number, sha256 = id): Promise<string> {
  const data = { path: join(root, 'train.tsv'), sha256 };
  const folder = await makeRun(root, id, { createdAt: `2026-11-23T${id}:00:00.000Z`, data }, [started()]);
  pointTo(folder, 'step-4');
  const rows = Array.from({ length: 10 }, (_, row) => {
    const label = row % 2 ? '甲' : '乙';
    const wrong = row % 2 ? '乙' : '甲';
    return { row, hash: textHash(`问题${row}`), label, prediction: row < right ? label : wrong, probability: 0.9 };
  });
  writeFileSync(join(folder, 'predictions.tsv'), Buffer.concat(predictionsFile(rows).parts));
  return folder;
}

/** What the server reads of a run's model, which lies in the client's memory. */
function known(client: TestClient, ...folders: string[]): void {
  for (const folder of folders) {
    client.files.set(`${folder}/checkpoints.json`, readFileSync(join(folder, 'checkpoints.json'), 'utf8'));
    client.files.model(`${folder}/checkpoints/step-4`, ['甲', '乙']);
  }
}

async function open({ root, uri }: Place, t: TestContext, runs: string[], env: Partial<ServerEnv> = {}) {
  const client = await openPair(t, { folders: [root], env });
  known(client, ...runs);
  client.open(uri, text);
  return client;
}

/** Which folder predicts the file, as the status says. */
function model(client: TestClient, uri: string): string | undefined {
  const file = client.status?.files[uri];
  return file?.kind === 'predicting' ? file.folder : undefined;
}

/** The first look is over and the file is predicted by `folder`. */
async function predictedBy(client: TestClient, uri: string, folder: string): Promise<void> {
  await client.until(() => model(client, uri) === join(folder, 'checkpoints', 'step-4'));
}

/** A former run that finished, and a new one under way, in a client that has looked at both. */
async function pairOfRuns(t: TestContext, right: { former: number; fresh: number }) {
  const at = place(t);
  const former = await runWith(at.root, '10', right.former);
  appendMetrics(former, END);
  const fresh = await runWith(at.root, '11', right.fresh);
  const release = await lockRun(fresh);
  const client = await open(at, t, [former, fresh]);
  await predictedBy(client, at.uri, former);
  await client.until(() => client.runs.some(({ run }) => run.folder === fresh && run.state === 'running'));
  return { ...at, former, fresh, client, release };
}

async function end(client: TestClient, folder: string, release: () => Promise<void>): Promise<Verdict | undefined> {
  appendMetrics(folder, END);
  await release();
  await client.until(() => client.heard(RunEnded).length > 0);
  return client.heard(RunEnded)[0]!.verdict;
}

test('a run that is at least as good on the same rows takes over', async (t) => {
  const { client, uri, fresh, release } = await pairOfRuns(t, { former: 8, fresh: 8 });
  const verdict = await end(client, fresh, release);
  assert.equal(verdict?.decision, 'adopted');
  assert.deepEqual([verdict?.comparison?.rows, verdict?.comparison?.mayHaveLearnt], [10, undefined]);
  assert.deepEqual(verdict?.comparison?.ours, verdict?.comparison?.theirs);
  await predictedBy(client, uri, fresh);
});

test('a run that is worse on the same rows takes over when the user says so', async (t) => {
  const { client, uri, former, fresh, release } = await pairOfRuns(t, { former: 9, fresh: 7 });
  const verdict = await end(client, fresh, release);
  assert.equal(verdict?.decision, 'ask');
  assert.deepEqual(verdict?.former, { name: '10', folder: former });
  assert.deepEqual([verdict?.comparison?.ours.accuracy, verdict?.comparison?.theirs.accuracy], [0.7, 0.9]);
  await predictedBy(client, uri, former);
  await client.request(DecideRun, { folder: fresh, use: true });
  await predictedBy(client, uri, fresh);
});

test('Keep keeps: also for the next server, and until another run is better', async (t) => {
  const { client, root, uri, former, fresh, release } = await pairOfRuns(t, { former: 9, fresh: 7 });
  await end(client, fresh, release);
  await client.request(DecideRun, { folder: fresh, use: false });
  await predictedBy(client, uri, former);

  const third = await runWith(root, '12', 10);
  const training = await lockRun(third);
  const next = await open({ root, uri }, t, [former, fresh, third]);
  await predictedBy(next, uri, former);
  await next.until(() => next.runs.some(({ run }) => run.folder === third));
  const verdict = await end(next, third, training);
  assert.equal(verdict?.decision, 'adopted');
  assert.equal(verdict?.former?.folder, former, 'what was turned down is not what is compared with');
  await predictedBy(next, uri, third);
});

test('a run that finished while no server looked is decided about by the next one', async (t) => {
  const at = place(t);
  const former = await runWith(at.root, '10', 9);
  appendMetrics(former, END);
  const fresh = await runWith(at.root, '11', 7);
  appendMetrics(fresh, END);
  writeFileSync(join(fresh, 'adoption.json'), '{"format":1,"state":"pending","at":"2026-11-24T00:00:00.000Z"}');
  const client = await open(at, t, [former, fresh]);
  await client.until(() => client.heard(RunEnded).length > 0);
  assert.equal(client.heard(RunEnded)[0]?.verdict?.decision, 'ask');
  await predictedBy(client, at.uri, former);
});

test('a bundled model judges the held-out rows of the new run, and may have learnt from them', async (t) => {
  const at = place(t);
  const fresh = await runWith(at.root, '11', 7);
  const release = await lockRun(fresh);
  const texts = Array.from({ length: 10 }, (_, row) => ({ text: `问题${row}` }));
  const elsewhere = (): Promise<never> => Promise.reject(new Error('not asked for'));
  const none = { judge: elsewhere, compare: elsewhere, choose: elsewhere, find: elsewhere, report: elsewhere };
  const metrics = { ...none, heldOutTexts: () => Promise.resolve([undefined, ...texts.slice(1)]) };
  const client = await openPair(t, { folders: [at.root], env: { metrics } });
  known(client, fresh);
  client.files.model('/models/police-desk', ['甲', '乙']);
  client.host.script = (asked) => ({ label: Number(asked.slice(2)) % 2 ? '甲' : '乙', probability: 0.9 });
  client.open(at.uri, text);
  await client.until(() => model(client, at.uri) === '/models/police-desk');
  await client.until(() => client.runs.length > 0);
  const verdict = await end(client, fresh, release);
  assert.equal(verdict?.decision, 'ask');
  const { rows, ours, theirs, mayHaveLearnt } = verdict?.comparison ?? {};
  assert.deepEqual([rows, theirs?.accuracy, mayHaveLearnt], [9, 1, true]);
  assert.ok(Math.abs((ours?.accuracy ?? 0) - 6 / 9) < 1e-9);
});

test('with a model that learnt from the same file nothing is compared: the new one predicts, and that is said', async (t) => {
  const at = place(t);
  const fresh = await runWith(at.root, '11', 1, 'same');
  const release = await lockRun(fresh);
  const client = await openPair(t, { folders: [at.root] });
  known(client, fresh);
  client.files.model('/models/police-desk', ['甲', '乙']);
  const columns = { text: '问题', label: '场景' };
  client.files.set('/models/police-desk/rowlight.json', JSON.stringify({ format: 1, columns, dataHash: 'same' }));
  client.open(at.uri, text);
  await client.until(() => model(client, at.uri) === '/models/police-desk');
  await client.until(() => client.runs.length > 0);
  const verdict = await end(client, fresh, release);
  assert.deepEqual([verdict?.decision, verdict?.incomparable], ['adopted', 'same-data']);
  await predictedBy(client, at.uri, fresh);
});
