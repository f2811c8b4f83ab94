import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { CancelRun, ListRuns } from '../../../src/protocol/messages';
import {
  ContinueRun,
  DeleteRun,
  RenameRun,
  RunEnded,
  RunRemoved,
  TrainerFailed,
} from '../../../src/protocol/run-actions';
import { beginAttempt } from '../../../src/server/runs/run-folder';
import { lockRun } from '../../../src/server/runs/lock';
import { openPair, type TestClient } from '../support/pair';
import { appendMetrics, makeRun, pointTo, started } from '../support/run-folder';

function workspace(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'rowlight-lsp-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

const names = async (client: TestClient): Promise<(string | undefined)[]> =>
  (await client.request(ListRuns, null)).map(({ run }) => run.name);

test('a run gets a name for people, keeps its record, and loses the name again', async (t) => {
  const root = workspace(t);
  const folder = await makeRun(root, 'r', {}, [started(), { event: 'cancelled', attempt: 1, step: 1, time: 5000 }]);
  const record = readFileSync(join(folder, 'run.json'), 'utf8');
  const client = await openPair(t, { folders: [root] });
  assert.deepEqual(await names(client), [undefined]);
  await client.request(RenameRun, { folder, name: '  第一次\n训练 ' });
  assert.deepEqual(await names(client), ['第一次 训练']);
  await client.until(() => client.runs.at(-1)?.run.name === '第一次 训练');
  assert.deepEqual(client.heard(RunEnded), [], 'a new name is no end');
  assert.equal(readFileSync(join(folder, 'run.json'), 'utf8'), record);
  await assert.rejects(client.request(RenameRun, { folder, name: 'x'.repeat(81) }), /at most 80/);
  const next = await openPair(t, { folders: [root] });
  assert.deepEqual(await names(next), ['第一次 训练'], 'the next server knows it');
  await client.request(RenameRun, { folder, name: ' ' });
  assert.deepEqual(await names(client), [undefined]);
  const [only] = await client.request(ListRuns, null);
  assert.deepEqual([only?.run.base, only?.run.seconds], ['zh-mini', 5]);
});

test('a name file that is a link is replaced, and what it points to stays', async (t) => {
  const root = workspace(t);
  const folder = await makeRun(root, 'r');
  const precious = join(root, 'precious.txt');
  writeFileSync(precious, 'mine');
  symlinkSync(precious, join(folder, 'name.txt'));
  const client = await openPair(t, { folders: [root] });
  assert.deepEqual(await names(client), [undefined]);
  await client.request(RenameRun, { folder, name: 'new' });
  assert.deepEqual([readFileSync(precious, 'utf8'), await names(client)].flat(), ['mine', 'new']);
});

test('deleting takes the folder and nothing else; links are removed, not followed', async (t) => {
  const root = workspace(t);
  const folder = await makeRun(root, 'r');
  const other = await makeRun(root, 'other');
  const outside = join(root, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'precious.txt'), 'mine');
  symlinkSync(outside, join(folder, 'checkpoints'));
  const linked = join(root, '.rowlight', 'runs', 'linked');
  symlinkSync(other, linked);
  const client = await openPair(t, { folders: [root] });
  assert.equal((await client.request(ListRuns, null)).length, 3);
  await client.request(DeleteRun, { folder });
  assert.deepEqual(client.heard(RunRemoved), [{ folder }]);
  assert.equal(readFileSync(join(outside, 'precious.txt'), 'utf8'), 'mine');
  await assert.rejects(client.request(DeleteRun, { folder: linked }), /is a link/);
  assert.deepEqual(readdirSync(join(root, '.rowlight', 'runs')).sort(), ['linked', 'other']);
});

test('a run under way is not deleted, and no folder but a run of the workspace is', async (t) => {
  const root = workspace(t);
  const folder = await makeRun(root, 'r', {}, [started()]);
  const release = await lockRun(folder);
  const client = await openPair(t, { folders: [root] });
  await assert.rejects(client.request(DeleteRun, { folder }), /Run r is under way; cancel it first/);
  await release();
  const elsewhere = await makeRun(join(root, 'elsewhere'), 'r');
  const inside = join(folder, '..', '..', '..');
  for (const path of [
    root,
    inside,
    elsewhere,
    join(folder, '..'),
    `${folder}/../r`,
    join(folder, '..', '.deleted-r'),
  ]) {
    for (const request of [DeleteRun, ContinueRun, CancelRun])
      await assert.rejects(client.request(request, { folder: path }), /is no run of an open workspace/, path);
    await assert.rejects(client.request(RenameRun, { folder: path, name: 'x' }), /is no run/);
  }
  assert.ok(existsSync(join(folder, 'run.json')) && existsSync(join(elsewhere, 'run.json')));
});

test('a killed trainer shows as interrupted, and is continued', async (t) => {
  const root = workspace(t);
  const folder = await makeRun(root, 'r', {}, [started()]);
  await beginAttempt(folder, { now: () => 0 });
  pointTo(folder, 'step-0');
  const kill = await lockRun(folder);
  const client = await openPair(t, { folders: [root] });
  await client.until(() => client.runs.at(-1)?.run.state === 'running');
  await kill();
  await client.until(() => client.heard(RunEnded).length > 0);
  assert.equal(client.heard(RunEnded)[0]?.progress.run.state, 'interrupted');
  await client.request(ContinueRun, { folder });
  const { args, exit } = client.started[0]!;
  assert.deepEqual(args, ['train', '--resume', folder, '--json', '--device', 'auto']);
  // Until its process has written anything, a second wish is refused.
  await assert.rejects(client.request(ContinueRun, { folder }), /is under way/);
  await beginAttempt(folder, { now: () => 0 }, { resumedFrom: 0 });
  appendMetrics(folder, started(0, 2), { event: 'cancelled', attempt: 2, step: 1, time: 0 });
  exit(130);
  await client.until(() => client.heard(RunEnded).length > 1);
  assert.equal(client.heard(RunEnded)[1]?.progress.run.state, 'cancelled');
  assert.deepEqual(client.heard(TrainerFailed), []);
});

test('what can not be continued is refused, and a trainer that can not go on says why', async (t) => {
  const root = workspace(t);
  const scores = { accuracy: 1, macroF1: 1, loss: 0 };
  const done = await makeRun(root, 'done', {}, [started(), { event: 'finished', attempt: 1, step: 4, scores }]);
  const bare = await makeRun(root, 'bare');
  const folder = await makeRun(root, 'r', {}, [started(), { event: 'cancelled', attempt: 1, step: 1 }]);
  pointTo(folder, 'step-0');
  const client = await openPair(t, { folders: [root] });
  await assert.rejects(client.request(ContinueRun, { folder: done }), /has come to its end/);
  await assert.rejects(client.request(ContinueRun, { folder: bare }), /no checkpoint to go on from/);
  await client.request(ContinueRun, { folder });
  writeFileSync(join(folder, 'trainer.log'), 'rowlight: train.tsv: has changed since the run began\n');
  client.started[0]!.exit(1);
  await client.until(() => client.heard(TrainerFailed).length > 0);
  assert.match(client.heard(TrainerFailed)[0]!.message, /^train\.tsv: has changed/);
  assert.ok(existsSync(join(folder, 'run.json')), 'the run stays');
});
