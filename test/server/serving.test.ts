/** Start Server and Stop Server as the language server does them, with real processes. */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ListModels } from '../../src/protocol/messages';
import { StartServing, StopServing } from '../../src/protocol/serving';
import { temporaryFolder } from '../support/tiny-run';
import { until } from '../support/until';
import { ServerProcess } from './support/server-process';

const MODEL = resolve('models', 'police-desk');

async function server(t: TestContext): Promise<ServerProcess> {
  const process = new ServerProcess(join('dist', 'server.cjs'));
  t.after(() => process.kill());
  await process.initialize(temporaryFolder(t));
  return process;
}

async function classify(address: string): Promise<string> {
  const answer = await fetch(`${address}/classify`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ texts: ['身份证丢了怎么补办'] }),
  });
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { results: { label: string }[] }).results[0]!.label;
}

/** Resolves once nothing listens any more. */
async function silence(address: string): Promise<void> {
  const answers = (): Promise<boolean> =>
    fetch(`${address}/health`).then(
      () => true,
      () => false,
    );
  await until('the end of the server', answers, (listens) => !listens);
}

test('a model is served once it is asked for, alone, until it is stopped', async (t) => {
  const editor = await server(t);
  const offered = await editor.request(ListModels, { uri: null });
  assert.ok(offered.some(({ folder }) => folder === MODEL));
  const serving = await editor.request(StartServing, { model: MODEL, port: 0 });
  assert.equal(serving.model, 'police-desk');
  assert.match(serving.address, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(await classify(serving.address), '户政管理');
  await assert.rejects(editor.request(StartServing, { model: MODEL, port: 0 }), /A model is served already/);
  await editor.request(StopServing, null);
  await silence(serving.address);
  const again = await editor.request(StartServing, { model: MODEL, port: 0 });
  assert.equal(await classify(again.address), '户政管理');
  assert.equal(await editor.stop(), 0);
  await silence(again.address);
});

test('what does not start is told in one line, and the next try is free', async (t) => {
  const editor = await server(t);
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  await assert.rejects(editor.request(StartServing, { model: MODEL, port }), {
    message: `port ${port} is in use; choose another with --port`,
  });
  const folder = temporaryFolder(t);
  await assert.rejects(editor.request(StartServing, { model: folder, port: 0 }), (error: Error) => {
    assert.match(error.message, /^[^\n]+$/);
    return error.message.includes(folder);
  });
  const { address } = await editor.request(StartServing, { model: MODEL, port: 0 });
  await classify(address);
  // A window that is killed leaves nothing that listens.
  editor.kill();
  await silence(address);
});
