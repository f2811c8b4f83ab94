/** Each route over a real socket, with the model of the sample and the embedded base model. */
import assert from 'node:assert/strict';
import { before, test, type TestContext } from 'node:test';
import { cli } from '../../support/cli';
import { type Served, startServer } from './support';

let server: Served;
before(async (t) => {
  server = await startServer(t as TestContext, 'models/police-desk', 'models/zh-mini');
});

const TEXTS = ['身份证丢了怎么补办', '护照到期了去哪里换', '电动车被偷了'];
const length = (vector: readonly number[]): number => Math.hypot(...vector);

interface Result {
  label: string;
  probability: number;
  probabilities: Record<string, number>;
  truncated: boolean;
}

test('classify answers what predict says, in the order of the texts', async () => {
  const { stdout } = await cli(['predict', 'models/police-desk', '-', '--format', 'jsonl'], `${TEXTS.join('\n')}\n`);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
  const answer = await server.post('/classify', { texts: TEXTS });
  assert.equal(answer.status, 200, answer.text);
  const { results } = answer.json() as { results: Result[] };
  assert.deepEqual(
    results.map(({ label }) => label),
    lines.map(({ label }) => label),
  );
  for (const [i, { probability, probabilities, truncated }] of results.entries()) {
    assert.ok(Math.abs(probability - lines[i]!.probability) < 1e-4);
    assert.deepEqual(Object.keys(probabilities), Object.keys(lines[i]!.probabilities));
    assert.equal(truncated, false);
  }
});

test("a text that is cut is flagged; TEI's shapes refuse it unless truncate is asked for", async () => {
  const long = '证'.repeat(2000);
  const { results } = (await server.post('/classify', { texts: [long, '证'] })).json() as { results: Result[] };
  assert.deepEqual(
    results.map(({ truncated }) => truncated),
    [true, false],
  );
  for (const path of ['/embed', '/predict']) {
    const refused = await server.post(path, { inputs: path === '/embed' ? ['证', long] : [['证'], [long]] });
    assert.equal(refused.status, 413);
    assert.match((refused.json() as { error: string }).error, /^input 1 has more than \d+ tokens/);
    const cut = await server.post(path, {
      inputs: path === '/embed' ? ['证', long] : [['证'], [long]],
      truncate: true,
    });
    assert.equal(cut.status, 200);
    assert.equal(cut.headers['x-truncated'], '1');
  }
});

test('embed and predict in the shapes of text-embeddings-inference', async () => {
  const one = (await server.post('/embed', { inputs: TEXTS[0] })).json() as number[][];
  const many = (await server.post('/embed', { inputs: TEXTS, normalize: false })).json() as number[][];
  assert.equal(one.length, 1);
  assert.equal(many.length, 3);
  assert.ok(Math.abs(length(one[0]!) - 1) < 1e-4);
  assert.ok(Math.abs(length(many[0]!) - 1) > 1e-3);
  const single = (await server.post('/predict', { inputs: TEXTS[0] })).json() as { score: number; label: string }[];
  assert.ok(single.every(({ score }, i) => i === 0 || score <= single[i - 1]!.score));
  const batch = (await server.post('/predict', { inputs: TEXTS.map((text) => [text]) })).json() as unknown[][];
  assert.deepEqual(
    batch.map((scores) => scores.length),
    TEXTS.map(() => single.length),
  );
  const pair = (await server.post('/predict', { inputs: TEXTS.slice(0, 2) })).json() as { label: string }[];
  assert.equal(pair.length, single.length, 'two strings are a pair');
});

test('bert-as-service over HTTP: encode gives what the command line gives, status says how', async () => {
  const { stdout } = await cli(['encode', 'models/zh-mini', '-'], `${TEXTS.join('\n')}\n`);
  const own = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t').map(Number));
  const answer = await server.post('/models/zh-mini/encode', { id: 7, texts: TEXTS, is_tokenized: false });
  const { id, result, status } = answer.json() as { id: number; result: number[][]; status: number };
  assert.deepEqual([id, status, result.length], [7, 200, 3]);
  for (const [i, vector] of result.entries())
    assert.ok(vector.every((value, h) => Math.abs(value - own[i]![h]!) < 1e-4));
  const state = (await server.send('GET', '/status/server')).json() as Record<string, unknown>;
  assert.deepEqual([state.pooling_strategy, state.pooling_layer, state.num_worker], ['REDUCE_MEAN', [-1], 1]);
});

test('models tells labels, columns and limits; answers name the model and the revision that is listed', async () => {
  interface Models {
    models: { name: string; revision: string; labels: string[]; columns?: Record<string, string> }[];
    limits: Record<string, number>;
  }
  const { models, limits } = (await server.send('GET', '/models')).json() as Models;
  assert.deepEqual(limits, { body: 8 * 2 ** 20, texts: 1024, characters: 100_000 });
  assert.deepEqual(
    models.map(({ name, labels }) => [name, labels.length > 0]),
    [
      ['police-desk', true],
      ['zh-mini', false],
    ],
  );
  assert.deepEqual(models[0]!.columns, { text: '问题', label: '场景' });
  const answer = (await server.post('/classify', { texts: [TEXTS[0]] })).json() as {
    model: string;
    revision: string;
    results: Result[];
  };
  assert.deepEqual([answer.model, answer.revision], ['police-desk', models[0]!.revision]);
  assert.deepEqual(new Set(Object.keys(answer.results[0]!.probabilities)), new Set(models[0]!.labels));
});

test('a pair is classified as its two texts', async () => {
  const pair = [TEXTS[0]!, TEXTS[1]!];
  const { results } = (await server.post('/classify', { texts: [pair, TEXTS[0]] })).json() as { results: Result[] };
  const ranked = (await server.post('/predict', { inputs: pair })).json() as { score: number; label: string }[];
  assert.equal(results[0]!.label, ranked[0]!.label);
  assert.ok(Math.abs(results[0]!.probability - ranked[0]!.score) < 1e-4);
  assert.notEqual(results[0]!.probability, results[1]!.probability);
});

test('embeddings in the shape of OpenAI, as numbers and as base64', async () => {
  const body = { input: TEXTS, model: 'zh-mini' };
  type Embeddings = { data: { embedding: number[] | string; index: number }[]; usage: { total_tokens: number } };
  const floats = (await server.post('/v1/embeddings', body)).json() as Embeddings;
  const base64 = (await server.post('/v1/embeddings', { ...body, encoding_format: 'base64' })).json() as Embeddings;
  assert.deepEqual(
    floats.data.map(({ index }) => index),
    [0, 1, 2],
  );
  assert.ok(floats.usage.total_tokens > 6);
  for (const [i, { embedding }] of base64.data.entries()) {
    const bytes = new Uint8Array(Buffer.from(embedding as string, 'base64'));
    const vector = new Float32Array(bytes.buffer);
    const other = floats.data[i]!.embedding as number[];
    assert.ok(Math.abs(length(other) - 1) < 1e-4);
    assert.ok(other.every((value, h) => Math.abs(value - vector[h]!) < 1e-4));
  }
});

test('health, ready, metrics, documentation', async () => {
  assert.equal((await server.send('GET', '/health')).status, 200);
  assert.deepEqual(((await server.send('GET', '/ready')).json() as { models: string[] }).models, [
    'police-desk',
    'zh-mini',
  ]);
  await server.post('/classify', { texts: ['证'] });
  const { text } = await server.send('GET', '/metrics');
  assert.match(text, /^rowlight_requests_total\{route="\/classify",status="200"\} [1-9]/m);
  assert.match(text, /^rowlight_waiting_texts 0$/m);
  const description = (await server.send('GET', '/openapi.json')).json() as { paths: Record<string, object> };
  const page = (await server.send('GET', '/docs')).text;
  for (const path of Object.keys(description.paths)) {
    assert.ok(page.includes(path));
    const method = 'get' in description.paths[path]! ? 'GET' : 'POST';
    const { status } = await server.send(method, path, method === 'POST' ? '{}' : undefined, {
      'content-type': 'application/json',
    });
    assert.ok(status === 200 || (method === 'POST' && status === 400), `${method} ${path}: ${status}`);
  }
  assert.doesNotMatch(page, /src=|https?:\/\//, 'nothing comes from the network');
});

test('requests at the same time each get their own answer', async () => {
  const alone = new Map<string, string>();
  for (const text of TEXTS)
    alone.set(
      text,
      ((await server.post('/classify', { texts: [text] })).json() as { results: Result[] }).results[0]!.label,
    );
  const asked = Array.from({ length: 60 }, (_, i) => TEXTS[i % 3]!);
  const answers = await Promise.all(asked.map((text) => server.post('/classify', { texts: [text] })));
  assert.deepEqual(
    answers.map((answer) => (answer.json() as { results: Result[] }).results[0]!.label),
    asked.map((text) => alone.get(text)),
  );
});
