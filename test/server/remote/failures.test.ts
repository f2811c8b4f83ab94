/** A server that fails in every way it can: one line, no storm, nothing stale, and hints again once it is well. */
import assert from 'node:assert/strict';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { before, test, type TestContext } from 'node:test';
import { silentLog } from '../../../src/server/env';
import { RowlightError } from '../../../src/server/errors';
import type { Prediction } from '../../../src/server/inference/prediction';
import type { ServedState } from '../../../src/protocol/server-access';
import { RemoteServer } from '../../../src/server/remote/remote-server';
import { selfSigned } from '../../support/certificate';
import { setEnvironment } from '../../support/environment';
import { createConditions } from '../../support/until';
import { startServer, type Served } from '../serve/support';
import { openGateway, type Gateway, type Reply } from './gateway';

let server: Served;
before(async (t) => {
  server = await startServer(t as TestContext, 'models/police-desk');
});

/** A client whose waits are short, and what can be waited for. */
async function opened(t: TestContext, target = server.port) {
  setEnvironment(t, { NO_PROXY: '127.0.0.1' });
  const gateway = await openGateway(t, target);
  const client = follow(t, gateway.url);
  return { gateway, ...client };
}

function follow(t: TestContext, url: string) {
  const { until, wake } = createConditions();
  const states: ServedState[] = [];
  let models = 0;
  const remote: RemoteServer = new RemoteServer({
    access: () => Promise.resolve({ allowed: true }),
    wanted: () => true,
    onState: () => {
      const state = remote.status?.state;
      if (state && states.at(-1) !== state) states.push(state);
      wake();
    },
    onModel: () => {
      models++;
      wake();
    },
    log: silentLog,
    backOff: { first: 5, most: 20 },
    lookEvery: 20,
  });
  // The timers of the client do not keep a process up: a language server lives by its connection.
  const alive = setInterval(() => undefined, 1000);
  t.after(() => {
    clearInterval(alive);
    remote.dispose();
  });
  const state = (wished: ServedState): Promise<void> => until(() => remote.status?.state === wished);
  const card = () => remote.model(url);
  const predict = async (texts: readonly string[], signal = new AbortController().signal): Promise<Prediction[]> => {
    const { id, checkpoint, server: root } = card()!;
    const all: Prediction[] = [];
    await remote.predict(
      { id, folder: checkpoint, server: root! },
      texts.map((text) => ({ text })),
      { priority: 'background', signal, onValues: (at, values) => at.forEach((i, k) => (all[i] = values[k]!)) },
    );
    return all;
  };
  card();
  return { remote, states, until, state, card, predict, models: () => models };
}

/** Stops requests with texts in the way; the others pass. */
const onPosts = (gateway: Gateway, reply: (count: number) => Reply | 'hang' | undefined): void => {
  let count = 0;
  gateway.intercept = (asked) => (asked.method === 'POST' ? reply(++count) : undefined);
};
const many = Array.from({ length: 150 }, (_, i) => `第${i}个人的身份证丢了怎么补办`);
const busy = (pattern: RegExp) => (error: unknown) =>
  RowlightError.is(error, 'busy') && pattern.test(error.message) && !error.message.includes('\n');

test('a long list goes in pieces, in order, and as predict says', async (t) => {
  const { gateway, state, predict } = await opened(t);
  await state('ready');
  const all = await predict(many);
  assert.equal(all.length, 150);
  assert.deepEqual(gateway.posts().map(({ texts }) => texts.length), [64, 64, 22]); // prettier-ignore
  const { results } = (await server.post('/classify', { texts: many })).json() as { results: Prediction[] };
  all.forEach(({ label, probability }, i) => {
    assert.equal(label, results[i]!.label);
    assert.ok(Math.abs(probability - results[i]!.probability) < 1e-4);
  });
});

test('a server that dies in the middle of a request, and another that comes in its place', async (t) => {
  const dying = await startServer(t, 'models/police-desk');
  const { gateway, state, predict, remote, models } = await opened(t, dying.port);
  await state('ready');
  let inFlight = (): void => undefined;
  const asked = new Promise<void>((resolve) => (inFlight = resolve));
  onPosts(gateway, () => {
    inFlight();
    return undefined;
  });
  const lost = predict(Array.from({ length: 1500 }, (_, i) => `${i} ${many[i % 150]}`.repeat(10)));
  lost.catch(() => undefined);
  await asked;
  dying.child.kill('SIGKILL');
  await assert.rejects(lost, busy(/can't be reached/));
  gateway.target = 0;
  await state('unreachable');
  await assert.rejects(predict(['身份证']), busy(/can't be reached .*Retry Model/));
  const before = models();
  gateway.target = server.port;
  await state('ready');
  assert.ok(models() > before, 'files are decided anew, so that their hints come back');
  assert.equal((await predict(['身份证丢了']))[0]?.probabilities.length, 8);
  assert.equal(remote.busy, false);
});

test('nobody is there at first', async (t) => {
  const { gateway, state, card, predict } = await opened(t, 0);
  await state('unreachable');
  assert.equal(card(), undefined);
  gateway.target = server.port;
  await state('ready');
  assert.equal((await predict(['身份证丢了'])).length, 1);
});

test('429: waits as long as Retry-After says, and what waits is answered then', async (t) => {
  const { gateway, state, predict, states } = await opened(t);
  await state('ready');
  const times: number[] = [];
  onPosts(gateway, (count) => {
    times.push(performance.now());
    return count === 1 ? { status: 429, headers: { 'retry-after': '1' }, body: '{"error":"texts wait"}' } : undefined;
  });
  assert.equal((await predict(['身份证丢了'])).length, 1);
  assert.deepEqual(states.slice(-2), ['busy', 'ready']);
  assert.equal(times.length, 2);
  // A slow machine only makes it longer; a timer may be early by the part of a millisecond that it is rounded by.
  assert.ok(times[1]! - times[0]! >= 990, 'not before a second has passed');
});

test('503 is tried again by itself', async (t) => {
  const { gateway, state, predict } = await opened(t);
  await state('ready');
  onPosts(gateway, (count) => (count <= 3 ? { status: 503, headers: { 'retry-after': '1' } } : undefined));
  assert.equal((await predict(['身份证丢了'])).length, 1);
});

test('413 and 504: fewer texts a request, until they pass; one that never does has no prediction', async (t) => {
  const { gateway, state, predict } = await opened(t);
  await state('ready');
  gateway.intercept = (asked, body) => {
    if (asked.method !== 'POST') return undefined;
    const { texts } = JSON.parse(body) as { texts: string[] };
    if (texts.includes('never')) return { status: 413 };
    return texts.length > 10 ? { status: 504 } : undefined;
  };
  const all = await predict([...many.slice(0, 40), 'never']);
  assert.equal(all.length, 41);
  assert.deepEqual(all.map(({ probability }) => Number.isFinite(probability)).lastIndexOf(false), 40);
  assert.equal(all.filter(({ probability }) => Number.isFinite(probability)).length, 40);
});

test('answers that are none: one line each, and well again afterwards', async (t) => {
  const { gateway, state, predict } = await opened(t);
  await state('ready');
  const { revision } = ((await server.send('GET', '/models')).json() as { models: { revision: string }[] }).models[0]!;
  const ok = (body: string): Reply => ({ status: 200, headers: { 'content-type': 'application/json' }, body });
  const hostile: Reply[] = [
    ok('<html>'),
    ok('null'),
    ok('{"results":[]}'),
    ok(`{"revision":"${revision}","results":[]}`),
    ok(`{"revision":"${revision}","results":[{"label":"x","probability":1,"probabilities":{},"truncated":false}]}`),
    ok(`{"revision":"${revision}","results":[{"label":"户政管理","probability":7,"probabilities":{},"truncated":false}]}`), // prettier-ignore
    ok('['.repeat(100_000)),
    ok(' '.repeat(40 * 2 ** 20)),
  ];
  for (const reply of hostile) {
    onPosts(gateway, (count) => (count === 1 ? reply : undefined));
    await assert.rejects(predict(['身份证丢了']), busy(/does not answer as rowlight serve/));
    await state('ready');
    assert.equal((await predict(['身份证丢了'])).length, 1);
  }
});

test('a redirection is not followed: neither rows nor the key go to another address', async (t) => {
  const { gateway, state, predict } = await opened(t);
  await state('ready');
  const elsewhere = await openGateway(t, server.port);
  onPosts(gateway, () => ({ status: 307, headers: { location: `${elsewhere.url}/models/police-desk/classify` } }));
  await assert.rejects(predict(['身份证丢了']), busy(/refuses \(HTTP 307\)/));
  assert.deepEqual(elsewhere.seen, []);
});

test('servers behind one address that do not agree make no storm', async (t) => {
  const { gateway, state, predict, states } = await opened(t);
  await state('ready');
  onPosts(gateway, (count) =>
    count <= 6 ? { status: 200, body: JSON.stringify({ revision: `other-${count}`, results: [] }) } : undefined,
  );
  assert.equal((await predict(['身份证丢了'])).length, 1);
  assert.ok(states.includes('busy'), 'after the first surprise it waits');
  assert.equal(gateway.posts().length, 7);
});

test('who no longer waits ends the request under way, and the next one is asked', async (t) => {
  const { gateway, state, predict, remote } = await opened(t);
  await state('ready');
  let closed: Promise<void> | undefined;
  gateway.intercept = (asked, body) => {
    if (!body.includes('slow')) return undefined;
    closed = new Promise((resolve) => asked.socket.once('close', () => resolve()));
    reached();
    return 'hang';
  };
  let reached = (): void => undefined;
  const under = new Promise<void>((resolve) => (reached = resolve));
  const stop = new AbortController();
  const slow = predict(['slow'], stop.signal);
  slow.catch(() => undefined);
  await under;
  stop.abort();
  await assert.rejects(slow, (error) => RowlightError.is(error, 'cancelled'));
  await closed;
  assert.equal((await predict(['身份证丢了'])).length, 1);
  assert.equal(remote.busy, false);
});

test('TLS that fails is told by its code', async (t) => {
  setEnvironment(t, { NO_PROXY: '127.0.0.1' });
  // A server without a certificate can not shake hands.
  const tls = createTlsServer();
  await new Promise<void>((resolve) => tls.listen({ host: '127.0.0.1', port: 0 }, resolve));
  t.after(() => tls.close());
  const { state, remote } = follow(t, `https://127.0.0.1:${(tls.address() as AddressInfo).port}`);
  await state('certificate');
  assert.match(remote.status?.message ?? '', /certificate can't be trusted \((ERR_SSL|EPROTO)/);
});

test('a certificate that nobody vouches for: nothing is sent, and the line says how to trust it', async (t) => {
  setEnvironment(t, { NO_PROXY: '127.0.0.1' });
  let asked = 0;
  const tls = createTlsServer(selfSigned('127.0.0.1'), (_, answer) => {
    asked++;
    answer.end();
  });
  await new Promise<void>((resolve) => tls.listen({ host: '127.0.0.1', port: 0 }, resolve));
  t.after(() => tls.close());
  const { state, remote } = follow(t, `https://127.0.0.1:${(tls.address() as AddressInfo).port}`);
  await state('certificate');
  assert.match(remote.status?.message ?? '', /can't be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\); NODE_EXTRA_CA_CERTS/);
  assert.equal(asked, 0);
});

test('a model that is not served is named, with those that are', async (t) => {
  const { gateway } = await opened(t);
  const { state, remote } = follow(t, `${gateway.url}/models/other`);
  await state('refused');
  assert.match(remote.status?.message ?? '', /no "other"; there are: police-desk/);
});
