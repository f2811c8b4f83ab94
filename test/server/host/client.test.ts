import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../../../src/server/env';
import { HostClient } from '../../../src/server/host/client';
import { forkHost } from '../../../src/server/host/fork';
import { RestartPolicy } from '../../../src/server/host/restart-policy';

const bundle = join(process.cwd(), 'test/fixtures/crashing-host.cjs');
const model = { id: 'm', folder: '/m' };

interface Asked {
  readonly done: Promise<void>;
  /** The process that answered each text. */
  readonly pids: (string | undefined)[];
}

function start(t: TestContext, clock = { now: () => 0 }): { client: HostClient; ask: (...texts: string[]) => Asked } {
  const client = new HostClient(
    () => forkHost(bundle, { threads: 0, engine: 'onnx', device: 'auto' }, silentLog),
    clock,
    silentLog,
  );
  t.after(() => client.dispose());
  const ask = (...texts: string[]): Asked => {
    const pids: (string | undefined)[] = texts.map(() => undefined);
    const done = client.predict(
      model,
      texts.map((text) => ({ text })),
      {
        priority: 'visible',
        signal: new AbortController().signal,
        onValues: (indices, predictions) => indices.forEach((index, i) => (pids[index] = predictions[i]?.label)),
      },
    );
    return { done, pids };
  };
  return { client, ask };
}

test('the process starts with the first request and answers', async (t) => {
  const { client, ask } = start(t);
  assert.equal(client.state, 'idle');
  const { done, pids } = ask('a', 'b', 'c');
  assert.equal(client.busy, true);
  await done;
  assert.equal(client.state, 'running');
  assert.equal(client.busy, false);
  assert.equal(new Set(pids).size, 1);
  assert.notEqual(pids[0], String(process.pid));
});

test('an abort of the process: the request that did it is tried once more and then fails; others are answered by the next process', async (t) => {
  const { client, ask } = start(t);
  const first = ask('a');
  await first.done;
  await assert.rejects(ask('abort').done, { reason: 'bad-model', message: /twice on this request \(signal SIGABRT\)/ });
  const second = ask('a');
  await second.done;
  assert.notEqual(second.pids[0], first.pids[0]);
  assert.equal(client.state, 'running');
});

test('the fourth end within three minutes switches it off; retry switches it on', async (t) => {
  const { client, ask } = start(t);
  await assert.rejects(ask('exit').done, /twice/);
  await assert.rejects(ask('exit').done, { reason: 'busy', message: /Retry Model/ });
  assert.equal(client.state, 'off');
  await assert.rejects(ask('a').done, { reason: 'busy' });
  client.retry();
  assert.equal(client.state, 'idle');
  await ask('a').done;
});

test('a host that can not be started at all ends off, not in an endless loop', async (t) => {
  const missing = join(process.cwd(), 'test/fixtures/there-is-no-such-host.cjs');
  const client = new HostClient(
    () => forkHost(missing, { threads: 0, engine: 'onnx', device: 'auto' }, silentLog),
    { now: () => 0 },
    silentLog,
  );
  t.after(() => client.dispose());
  const signal = new AbortController().signal;
  for (let i = 0; i < 2; i++) await assert.rejects(client.tokenize(model, { text: 'a' }, signal));
  assert.equal(client.state, 'off');
});

test('a restart with requests in flight: they are answered by the new process', async (t) => {
  const { client, ask } = start(t);
  const before = ask('a');
  await before.done;
  const flying = ask('b');
  client.restart();
  await flying.done;
  assert.notEqual(flying.pids[0], before.pids[0]);
});

test('an aborted request rejects at once', async (t) => {
  const { client } = start(t);
  const controller = new AbortController();
  const options = { priority: 'visible' as const, signal: controller.signal, onValues: () => undefined };
  const answer = client.predict(model, [{ text: 'a' }], options);
  controller.abort();
  await assert.rejects(answer, { reason: 'cancelled' });
  assert.equal(client.busy, false);
});

test('three restarts in three minutes, and again three when those are past', () => {
  let now = 0;
  const policy = new RestartPolicy({ now: () => now });
  assert.deepEqual([policy.crashed(), policy.crashed(), policy.crashed(), policy.crashed()], [true, true, true, false]);
  now = 3 * 60_000;
  assert.equal(policy.crashed(), true);
  policy.reset();
});
