/** What labels are computed in: int8 where a verdict allows it, and told to whoever asks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeVerdict } from '../../../src/server/runs/verdict-cache';
import { readModelConfig } from '../../../src/server/model/model-folder';
import { nodeFiles } from '../../../src/server/node-files';
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

/** Keeps a verdict on the model as a comparison would. */
async function judge(agreement: number): Promise<void> {
  const { rowlight } = await readModelConfig(nodeFiles, MODEL);
  const temperature = rowlight?.calibration?.temperature;
  await writeVerdict({ folder: MODEL, temperature }, { texts: 500, agreement, moved: 0.01, speed: 2 });
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
