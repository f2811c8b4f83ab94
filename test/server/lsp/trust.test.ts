import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  CancelRun,
  ListModels,
  ListRuns,
  PlanRun,
  StartRun,
  UseModel,
  type RunPlan,
} from '../../../src/protocol/messages';
import { TrustGranted } from '../../../src/protocol/trust';
import { createRun } from '../../../src/server/runs/run-folder';
import { openPair, type PairOptions, type TestClient } from '../support/pair';

const text = '场景\t问题\n甲\t怎么报警\n乙\t有人打架\n';
const REFUSED = /^Restricted Mode: trust this workspace/;

/** A workspace that tries everything: a setting and an earlier choice that name models in it, and a run that looks like one of ours. */
async function workspace(
  t: TestContext,
  options: PairOptions,
): Promise<{ client: TestClient; uri: string; run: string }> {
  const root = mkdtempSync(join(tmpdir(), 'rowlight-trust-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'train.tsv');
  writeFileSync(path, text);
  const uri = pathToFileURL(path).href;
  const run = join(root, '.rowlight', 'runs', 'run-1');
  mkdirSync(join(root, '.rowlight', 'runs'), { recursive: true });
  await createRun(run, {
    id: 'run-1',
    createdAt: '2026-11-23T17:00:00.000Z',
    rowlight: '0.1.0',
    arguments: {},
    data: { path, sha256: '' },
    base: 'zh-mini',
    seed: 1,
    labels: ['甲', '乙'],
    columns: { text: '问题', label: '场景' },
    headerless: false,
  });
  const client = await openPair(t, { folders: [root], chosen: { [uri]: join(root, 'chosen') }, ...options });
  client.files.model('/models/desk', ['甲', '乙']);
  client.files.model('/models/zh-mini', []);
  client.files.model(join(root, 'chosen'), ['甲', '乙']);
  client.files.model(join(root, 'evil'), ['甲', '乙']);
  client.open(uri, text);
  await client.until(() => client.status?.files[uri] !== undefined);
  return { client, uri, run };
}

const model = (client: TestClient, uri: string): string | undefined => {
  const status = client.status?.files[uri];
  return status?.kind === 'predicting' ? status.model : status?.kind;
};

const plan = { data: 'x', base: 'y' } as RunPlan;
const numbers = { epochs: 1, learningRate: 1e-5, maxLength: 8, batchSize: 8 };

test('without trust only a model that came with Rowlight predicts, and no run folder is looked into', async (t) => {
  const { client, uri } = await workspace(t, { trusted: false, settings: { model: 'evil' } });
  assert.equal(model(client, uri), 'desk');
  assert.deepEqual(await client.hintLines(uri), ['1:1 · 97%', '2:1 → 甲 97%']);
  assert.deepEqual(await client.request(ListRuns, null), []);
  const models = await client.request(ListModels, { uri });
  assert.deepEqual(
    models.map(({ folder, source }) => [folder, source]),
    [['/models/desk', 'bundled']],
  );
});

test('without trust nothing is trained, chosen or ended; each wish is refused in one line', async (t) => {
  const { client, uri, run } = await workspace(t, { trusted: false });
  await assert.rejects(client.request(PlanRun, { uri }), { message: REFUSED });
  await assert.rejects(client.request(StartRun, { uri, plan, arguments: numbers }), { message: REFUSED });
  await assert.rejects(client.request(UseModel, { uri, folder: run }), { message: REFUSED });
  await assert.rejects(client.request(CancelRun, { folder: run }), { message: REFUSED });
  assert.deepEqual(client.started, []);
  assert.deepEqual(client.cancelled, []);
  assert.equal(model(client, uri), 'desk');
});

test('trust takes effect at once: the setting, the runs and the commands', async (t) => {
  const { client, uri } = await workspace(t, { trusted: false, settings: { model: 'evil' } });
  assert.equal(model(client, uri), 'desk');
  await client.notify(TrustGranted, null);
  await client.until(() => model(client, uri) === 'evil');
  assert.deepEqual(
    (await client.request(ListRuns, null)).map(({ run }) => run.id),
    ['run-1'],
  );
  assert.equal((await client.request(PlanRun, { uri })).labelled, 2);
});

test('a client that says nothing of trust has no restricted mode', async (t) => {
  const { client, uri } = await workspace(t, {});
  assert.equal(model(client, uri), 'chosen');
  assert.equal((await client.request(ListRuns, null)).length, 1);
});
