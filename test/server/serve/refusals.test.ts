/** What a server refuses, each in one line, and what it never sends. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { LIMITS } from '../../../src/server/serve/limits';
import { cli } from '../../support/cli';
import { temporaryFolder } from '../../support/tiny-run';
import { type HttpAnswer, type Served, startServer } from './support';

const KEY = 'a key of more than sixteen characters';
let folder: string;
let server: Served;
let guarded: Served;
before(async (t) => {
  folder = temporaryFolder(t as TestContext);
  const file = join(folder, 'key');
  writeFileSync(file, `${KEY}\n`);
  server = await startServer(t as TestContext, 'models/police-desk', 'models/zh-mini');
  guarded = await startServer(t as TestContext, 'models/police-desk', '--api-key-file', file);
});

const json = { 'content-type': 'application/json' };
const refused = (answer: HttpAnswer, status: number, message: RegExp): void => {
  assert.equal(answer.status, status, answer.text);
  const { error } = answer.json() as { error: string | { message: string } };
  const line = typeof error === 'string' ? error : error.message;
  assert.match(line, message);
  assert.doesNotMatch(line, /\n/);
  for (const name of Object.keys(answer.headers)) assert.doesNotMatch(name, /^access-control-/);
};

test('bodies that are none', async () => {
  refused(await server.send('POST', '/classify', '{"texts":', json), 400, /no JSON in UTF-8/);
  refused(
    await server.send('POST', '/classify', Buffer.from('{"texts":["\xff"]}', 'latin1'), json),
    400,
    /no JSON in UTF-8/,
  );
  refused(
    await server.send('POST', '/classify', '{"texts":["a"]}', { 'content-type': 'text/plain' }),
    415,
    /must be JSON/,
  );
  refused(await server.send('POST', '/classify', '{"texts":["a"]}'), 415, /must be JSON/);
  refused(await server.post('/classify', { texts: 'a' }), 400, /^texts: /);
  refused(await server.post('/classify', { texts: ['a', 5] }), 400, /^texts\.1: /);
  refused(await server.post('/classify', { texts: ['a', ' '] }), 400, /^texts: text 1 is empty/);
  refused(await server.post('/classify', []), 400, /^body: /);
  refused(await server.post('/predict', { inputs: 'a', raw_scores: true }), 400, /raw scores/);
  refused(await server.post('/encode', { id: 1, texts: [['a']], is_tokenized: true }), 400, /texts/);
});

test('more than the limits', async () => {
  refused(
    await server.post('/classify', { texts: Array<string>(LIMITS.rows + 1).fill('a') }),
    413,
    /more than 1024 texts/,
  );
  refused(
    await server.post('/classify', { texts: ['a'.repeat(LIMITS.text + 1)] }),
    413,
    /longer than 100000 characters/,
  );
  // Refused by what it says of itself, before it is sent.
  const headers = { ...json, 'content-length': String(LIMITS.body + 1) };
  refused(await server.send('POST', '/classify', '{', headers), 413, /too large/i);
});

test('routes, models and acts that are not there', async () => {
  refused(await server.send('GET', '/'), 404, /docs lists them/);
  refused(await server.send('GET', '/classify'), 404, /docs lists them/);
  refused(await server.send('OPTIONS', '/classify'), 404, /docs lists them/);
  refused(await server.post('/models/other/classify', { texts: ['a'] }), 404, /there are: police-desk, zh-mini/);
  refused(await server.post('/v1/embeddings', { input: 'a', model: 'gpt' }), 404, /there are: police-desk, zh-mini/);
  refused(await server.post('/classify', { texts: ['a'], model: 'zh-mini' }), 400, /no classifier/);
});

test('another Host: a page whose name points here', async () => {
  for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost@evil.example'])
    refused(await server.post('/classify', { texts: ['a'] }, { host }), 403, /Host header/);
  for (const host of ['localhost', `LOCALHOST:${server.port}`, '[::1]:80', '127.0.0.1'])
    assert.equal((await server.post('/classify', { texts: ['a'] }, { host })).status, 200, host);
});

test('a key', async () => {
  refused(await guarded.post('/classify', { texts: ['a'] }), 401, /key is missing or wrong/);
  refused(
    await guarded.post('/classify', { texts: ['a'] }, { authorization: `Bearer ${KEY}x` }),
    401,
    /key is missing/,
  );
  refused(await guarded.send('GET', '/metrics'), 401, /key is missing/);
  refused(await guarded.send('GET', '/nowhere'), 401, /key is missing/);
  for (const headers of [{ authorization: `Bearer ${KEY}` }, { 'x-api-key': KEY }])
    assert.equal((await guarded.post('/classify', { texts: ['a'] }, { ...headers, host: 'gpu-box:8125' })).status, 200);
  assert.equal((await guarded.send('GET', '/health')).status, 200);
});

test('command lines that can not be served: one clear line', async () => {
  const short = join(folder, 'short');
  writeFileSync(short, 'abc\n');
  const cases: [string[], RegExp, number][] = [
    [['models/police-desk', '--host', '0.0.0.0'], /give a key with --api-key-file/, 2],
    [['models/police-desk', '--api-key-file', short], /at least 16 characters/, 2],
    [['models/police-desk', '--port', '99999'], /must be a port/, 2],
    [['models/police-desk', '--port', String(server.port)], /port \d+ is in use; choose another/, 1],
    [['models/police-desk', 'models/police-desk'], /two models are named "police-desk"/, 2],
    [[join(folder, 'nowhere')], /nowhere: no such folder/, 1],
  ];
  for (const [args, message, code] of cases) {
    const said = await cli(['serve', ...args]);
    assert.equal(said.code, code, said.stderr);
    assert.match(said.stderr, message);
    assert.doesNotMatch(said.stderr, /^ +at /m);
  }
});
