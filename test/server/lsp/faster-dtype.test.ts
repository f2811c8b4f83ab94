/** Int8, and on a GPU float16, in the editor: found out in a quiet moment, said in the status, and never mixed with float32. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Verdict } from '../../../src/server/inference/faithful';
import { stampOf } from '../../../src/server/lsp/node-environment';
import { nodeFiles } from '../../../src/server/node-files';
import { writeVerdict } from '../../../src/server/runs/verdict-cache';
import { setEnvironment } from '../../support/environment';
import { temporaryFolder } from '../../support/tiny-run';
import { MemoryFiles } from '../support/memory-files';
import { openPair } from '../support/pair';

const URI = 'file:///data/train.tsv';
const good: Verdict = { texts: 500, agreement: 0.998, moved: 0.004, speed: 2.1 };
const rows = (count: number): string =>
  `场景\t问题\n${Array.from({ length: count }, (_, i) => `${i % 2 ? '甲' : ''}\t第${i}个问题\n`).join('')}`;

/** A server whose bundled model lies on the disk, and what was judged. */
async function opened(t: TestContext, verdict: Verdict, settings: Record<string, unknown> = {}) {
  setEnvironment(t, { ROWLIGHT_CACHE: temporaryFolder(t) });
  const models = temporaryFolder(t);
  const folder = join(models, 'desk');
  mkdirSync(folder);
  const files = new MemoryFiles();
  files.model('/desk', ['甲', '乙']);
  for (const name of await files.list('/desk')) writeFileSync(join(folder, name), await files.read(`/desk/${name}`));
  const env = { files: nodeFiles, stamp: stampOf, bundledModels: models, quiet: 1 };
  const client = await openPair(t, { env, settings });
  const judged: number[] = [];
  client.host.judge = async (place, texts) => {
    judged.push(texts.length);
    const { device, about } = client.host;
    await writeVerdict({ folder: place, on: { device, hardware: about.hardware } }, verdict);
    return { dtype: device === 'cpu' ? 'int8' : 'float16', verdict };
  };
  const status = () => {
    const file = client.status?.files[URI];
    return file?.kind === 'predicting' ? file : undefined;
  };
  return { client, folder, judged, status };
}

test('where int8 gives nearly the same answers it takes over, says so, and computes all anew', async (t) => {
  const { client, folder, judged, status } = await opened(t, good);
  client.open(URI, rows(600));
  const range = { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } };
  await client.hints(URI, range);
  assert.deepEqual(client.host.loaded, [folder]);
  await client.until(() => status()?.faster !== undefined);
  assert.deepEqual(status()?.faster, { dtype: 'int8', speed: 2.1, agreement: 0.998 });
  assert.deepEqual(judged, [500]);
  assert.deepEqual(client.host.loaded, [folder, `${folder} int8`], 'it is loaded before it takes over');
  const asked = () => client.host.seen.filter((text) => text === '第1个问题').length;
  assert.equal(asked(), 1);
  await client.hints(URI, range);
  assert.equal(asked(), 2, 'what float32 said is no answer of int8');
  client.configure({ dtype: 'float32' });
  await client.until(() => status() !== undefined && status()?.faster === undefined);
  await client.hints(URI, range);
  assert.equal(asked(), 2, 'and it is still known');
  await client.hints(URI);
  assert.deepEqual(client.host.loaded, [folder, `${folder} int8`, folder], 'float32 was freed, and is loaded again');
});

test('a model that is known already computes in int8 from the start', async (t) => {
  const { client, folder, judged, status } = await opened(t, good);
  await writeVerdict({ folder }, good);
  client.open(URI, rows(3));
  await client.hints(URI);
  assert.deepEqual(client.host.loaded, [`${folder} int8`]);
  assert.deepEqual(status()?.faster, { dtype: 'int8', speed: 2.1, agreement: 0.998 });
  assert.deepEqual(judged, []);
});

test('where int8 changes answers, float32 stays and nothing is asked again', async (t) => {
  const { client, folder, judged, status } = await opened(t, { ...good, agreement: 0.98 });
  client.open(URI, rows(600));
  await client.hints(URI);
  await client.until(() => client.logged.some((line) => line.includes('int8 compared with float32')));
  await client.hints(URI);
  assert.equal(status()?.faster, undefined);
  assert.deepEqual([client.host.loaded, judged], [[folder], [500]]);
});

test('a user who wants float32 has it, whatever is known', async (t) => {
  const { client, folder, status } = await opened(t, good, { dtype: 'float32' });
  await writeVerdict({ folder }, good);
  client.open(URI, rows(600));
  await client.hints(URI);
  assert.deepEqual([client.host.loaded, status()?.faster], [[folder], undefined]);
});

test('a GPU without float16 computes in float32, whatever is known of int8, and nothing is judged', async (t) => {
  const { client, folder, judged, status } = await opened(t, good);
  await writeVerdict({ folder }, good);
  client.host.device = 'webgpu';
  client.open(URI, rows(600));
  await client.hints(URI);
  await client.until(() => status() !== undefined && status()?.faster === undefined);
  await client.hints(URI);
  assert.deepEqual([client.host.loaded.includes(`${folder} int8`), judged], [false, []]);
});

test('on a GPU that has it float16 takes over by the same rule', async (t) => {
  const { client, folder, judged, status } = await opened(t, good);
  client.host.device = 'webgpu';
  client.host.float16 = true;
  client.host.about = { hardware: 'Tester 1.0, 8.0 GiB' };
  client.open(URI, rows(600));
  await client.hints(URI);
  await client.until(() => status()?.faster !== undefined);
  assert.deepEqual(status()?.faster, { dtype: 'float16', speed: 2.1, agreement: 0.998 });
  assert.deepEqual([client.host.loaded, judged], [[folder, `${folder} float16`], [500]]);
  client.configure({ dtype: 'float32' });
  await client.until(() => status() !== undefined && status()?.faster === undefined);
});

for (const [driver, taken] of [
  ['Tester 1.0', 'float16'],
  ['Tester 2.0', undefined],
] as const) {
  test(`what was found with driver 1.0 of a GPU is ${taken ? '' : 'not '}obeyed with ${driver}`, async (t) => {
    const { client, folder, judged, status } = await opened(t, good);
    await writeVerdict({ folder, on: { device: 'webgpu', hardware: 'Tester 1.0' } }, good);
    client.host.device = 'webgpu';
    client.host.float16 = true;
    client.host.about = { hardware: driver };
    client.open(URI, rows(3));
    await client.hints(URI);
    await client.until(() => status() !== undefined && status()?.faster?.dtype === taken);
    await client.hints(URI);
    const loaded = taken ? [folder, `${folder} float16`] : [folder];
    assert.deepEqual([client.host.loaded, judged], [loaded, []]);
  });
}

test('another device is asked for by a setting: nothing is taken for granted until it has told', async (t) => {
  const { client, folder, status } = await opened(t, good);
  await writeVerdict({ folder }, good);
  client.open(URI, rows(3));
  await client.hints(URI);
  assert.deepEqual(client.host.loaded, [`${folder} int8`]);
  client.configure({ device: 'webgpu' });
  await client.until(() => client.host.loaded.includes(folder));
  // There is no GPU: the CPU stands in, and what is known of its int8 counts again.
  client.open('file:///data/other.tsv', rows(5));
  await client.until(() => client.status?.files['file:///data/other.tsv'] !== undefined);
  await client.hints('file:///data/other.tsv');
  assert.deepEqual(client.host.loaded, [`${folder} int8`, folder, `${folder} int8`]);
  assert.equal(status()?.faster?.dtype, 'int8');
});
