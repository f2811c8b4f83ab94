/** What labels are computed in: int8, on a GPU float16, where a verdict allows it; and told to whoever asks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JudgedModel, writeVerdict } from '../../../src/server/runs/verdict-cache';
import { readModelConfig } from '../../../src/server/model/model-folder';
import { nodeFiles } from '../../../src/server/node-files';
import { findModel } from '../../../src/server/serve/models';
import type { HostEngine } from '../../../src/server/host/messages';
import { cli } from '../../support/cli';
import { setEnvironment } from '../../support/environment';
import { temporaryFolder } from '../../support/tiny-run';
import { type Served, startServer } from './support';

const MODEL = 'models/police-desk';

interface Card {
  readonly dtype: string;
  readonly revision: string;
}

async function card(server: Served): Promise<Card> {
  return ((await server.send('GET', '/models')).json() as { models: Card[] }).models[0]!;
}

/** Keeps a verdict on the model as a comparison would. @param on the device that was judged; the CPU where it is left out */
async function judge(agreement: number, on?: JudgedModel['on']): Promise<void> {
  const { rowlight } = await readModelConfig(nodeFiles, MODEL);
  const temperature = rowlight?.calibration?.temperature;
  const model = { folder: MODEL, temperature, ...(on && { on }) };
  await writeVerdict(model, { texts: 500, agreement, moved: 0.01, speed: 2 });
}

test('a verdict that comes while the server runs makes it compute in int8, under another revision', async (t) => {
  setEnvironment(t, { ROWLIGHT_CACHE: temporaryFolder(t) });
  const server = await startServer(t, '--dtype', 'auto', MODEL);
  const before = await card(server);
  assert.equal(before.dtype, 'float32');
  const exact = (await server.post('/classify', { texts: ['身份证丢了'] })).json() as Answer;
  await judge(0.999);
  await server.said(/: now /);
  const after = await card(server);
  assert.equal(after.dtype, 'int8');
  assert.notEqual(after.revision, before.revision);
  const rounded = (await server.post('/classify', { texts: ['身份证丢了'] })).json() as Answer;
  assert.notDeepEqual(rounded.results[0].probabilities, exact.results[0].probabilities);
  assert.equal(rounded.results[0].label, exact.results[0].label);
});

interface Answer {
  readonly results: readonly [{ readonly label: string; readonly probabilities: Record<string, number> }];
}

test('a verdict against it leaves float32; --dtype int8 takes it all the same, and says so', async (t) => {
  setEnvironment(t, { ROWLIGHT_CACHE: temporaryFolder(t) });
  await judge(0.9);
  assert.equal((await card(await startServer(t, '--dtype', 'auto', MODEL))).dtype, 'float32');
  const server = await startServer(t, '--dtype', 'int8', MODEL);
  assert.equal((await card(server)).dtype, 'int8');
  assert.match(server.stderr(), /^police-desk \(int8\) on http/m);
  assert.equal(((await server.send('GET', '/status/server')).json() as Card).dtype, 'int8');
});

test('int8 for another device is refused in one line', async () => {
  const { code, stderr } = await cli(['serve', MODEL, '--port', '0', '--dtype', 'int8', '--device', 'webgpu']);
  assert.equal(code, 1);
  assert.equal(stderr, 'rowlight: --dtype int8 is for the CPU and the engine onnx; leave it out\n');
});

test('float16 where the CPU computes is refused in one line', async () => {
  const { code, stderr } = await cli(['serve', MODEL, '--port', '0', '--dtype', 'float16', '--device', 'cpu']);
  assert.equal(code, 1);
  assert.equal(stderr, 'rowlight: --dtype float16 is for a GPU, and the CPU computes; leave it out\n');
});

test('on a GPU that has float16, a verdict on this very driver makes a model compute in it', async (t) => {
  setEnvironment(t, { ROWLIGHT_CACHE: temporaryFolder(t) });
  const on = { device: 'webgpu', hardware: 'Tester 1.0' };
  const engine = { engine: 'onnx', ...on, faster: 'float16' } as const;
  const dtypeOn = async (one: HostEngine) => (await findModel(MODEL, { wish: 'auto', engine: one })).ref.dtype;
  await judge(0.999);
  assert.equal(await dtypeOn(engine), undefined, 'what int8 does on the CPU says nothing of it');
  await judge(0.999, on);
  assert.equal(await dtypeOn(engine), 'float16');
  assert.equal(await dtypeOn({ ...engine, hardware: 'Tester 2.0' }), undefined, 'another driver');
  assert.equal(await dtypeOn({ engine: 'onnx', ...on }), undefined, 'a GPU without float16');
  const exact = await findModel(MODEL, { wish: 'float32', engine });
  const rounded = await findModel(MODEL, { wish: 'float16', engine });
  assert.deepEqual([exact.ref.dtype, rounded.ref.dtype], [undefined, 'float16']);
  assert.notEqual(rounded.revision, exact.revision);
  await judge(0.9, on);
  assert.equal(await dtypeOn(engine), undefined, 'answers would change');
  const vectors = await findModel('models/zh-mini', { wish: 'float16', engine });
  assert.equal(vectors.ref.dtype, undefined, 'a model without labels has vectors alone, and those are float32');
});
