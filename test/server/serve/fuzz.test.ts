/** Requests of every kind of nonsense from a seed: each is answered, each refusal is one line, and the server serves on. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createRandom } from '../../../src/server/training/random';
import { type HttpAnswer, type Served, startServer } from './support';

const COUNT = process.env.ROWLIGHT_LONG ? 10_000 : 400;
const random = createRandom(20_261, 0);
const pick = <T>(values: readonly T[]): T => values[random.below(values.length)]!;

const PATHS = [
  '/classify',
  '/predict',
  '/embed',
  '/encode',
  '/v1/embeddings',
  '/models/police-desk/classify',
  '/models/..%2f..%2fetc/classify',
  '/models/zh-mini/embed',
  '/health',
  '/metrics',
  '/docs',
  '/%',
  '/classify?x=%00',
  '/status/server',
  `/${'a'.repeat(300)}`,
];
const FIELDS = [
  'texts',
  'inputs',
  'input',
  'model',
  'id',
  'normalize',
  'truncate',
  'is_tokenized',
  'encoding_format',
  '__proto__',
  'constructor',
];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/jsonx',
  '',
  'multipart/form-data; boundary=x',
];

function text(): string {
  const units = Array.from({ length: random.below(40) }, () =>
    pick([random.below(0x10000), 0x4e00 + random.below(0x5000), 0x20 + random.below(95)]),
  );
  return pick([String.fromCharCode(...units), '', ' ', '\0', '\ud800', '身份证', 'x'.repeat(random.below(3000))]);
}

function value(depth: number): unknown {
  const simple = [() => text(), () => random.below(1000) - 500, () => 1e308 * 10, () => null, () => true, () => false];
  const deep = [
    () => Array.from({ length: random.below(6) }, () => value(depth - 1)),
    () => object(depth - 1),
    () => Array.from({ length: random.below(5) }, text),
  ];
  return pick(depth > 0 ? [...simple, ...deep, ...deep] : simple)();
}

function object(depth: number): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: random.below(5) }, () => [pick(FIELDS), value(depth)]));
}

function body(): Buffer {
  const json = Buffer.from(JSON.stringify(pick([() => object(4), () => value(5)])()) ?? '');
  switch (random.below(8)) {
    case 0:
      return json.subarray(0, random.below(json.length + 1));
    case 1:
      if (json.length > 0) json[random.below(json.length)] = random.below(256);
      return json;
    case 2:
      return Buffer.from('['.repeat(random.below(5000)));
    default:
      return json;
  }
}

/** Bytes that are no request; resolves when the server has closed the connection. */
function raw(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (part) => (said += part.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(said));
  });
}

async function one(server: Served): Promise<void> {
  if (random.below(10) === 0) {
    const bytes = Buffer.from(Array.from({ length: 1 + random.below(200) }, () => random.below(256)));
    const begun = Buffer.from(
      pick(['', 'GET / HTTP/1.1\r\n', 'POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n']),
    );
    const said = await raw(server.port, Buffer.concat([begun, bytes]));
    assert.ok(said === '' || said.startsWith('HTTP/1.1 '), said);
    return;
  }
  const method = pick(['POST', 'POST', 'POST', 'POST', 'GET', 'PUT', 'OPTIONS', 'DELETE']);
  const type = pick(['application/json', ...TYPES]);
  const sent = method === 'GET' || method === 'OPTIONS' ? undefined : body();
  check(await server.send(method, pick(PATHS), sent, type === '' ? {} : { 'content-type': type }));
}

function check({ status, headers, text: said }: HttpAnswer): void {
  assert.ok(status === 200 || (status >= 400 && status < 500), `${status}: ${said.slice(0, 300)}`);
  for (const name of Object.keys(headers)) assert.doesNotMatch(name, /^access-control-/);
  if (status === 200) return;
  const { error } = JSON.parse(said) as { error: string | { message: string } };
  const line = typeof error === 'string' ? error : error.message;
  assert.ok(line.length > 0 && line.length < 700 && !/[\r\n]|\bat .*\.c?js/.test(line), said.slice(0, 300));
}

test(`${COUNT} requests from a seed`, async (t) => {
  const server = await startServer(t, 'models/police-desk', 'models/zh-mini');
  for (let done = 0; done < COUNT; done += 8)
    await Promise.all(Array.from({ length: Math.min(8, COUNT - done) }, () => one(server)));
  assert.equal((await server.post('/classify', { texts: ['身份证'] })).status, 200);
  assert.equal(server.child.exitCode, null);
});
