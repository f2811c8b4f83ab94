/** Stopping, newer models, and a model host that dies, while requests are under way. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fineTune } from '../../../src/server/runs/fine-tune';
import { cli } from '../../support/cli';
import { temporaryFolder, tinyRequest, tinyWorld } from '../../support/tiny-run';
import { until } from '../../support/until';
import { type HttpAnswer, type Served, startServer } from './support';

interface Results {
  results: { label: string }[];
}

/** Asks again and again until the answers are as wished; every answer must be one. */
async function answered(server: Served, wished: (label: string) => boolean): Promise<void> {
  const look = async (): Promise<string> => {
    const answer = await server.post('/classify', { texts: ['我证'] });
    assert.equal(answer.status, 200, answer.text);
    return (answer.json() as Results).results[0]!.label;
  };
  await until('the answers', look, wished, { pollMs: 0 });
}

/** Three requests with these texts that are being computed: others in their place where they are answered before that is seen. */
function underWay(server: Served, texts: readonly string[]): Promise<Promise<HttpAnswer>[]> {
  let answers: Promise<HttpAnswer>[] = [];
  let open = 0;
  const look = async (): Promise<boolean> => {
    if (open === 0) {
      open = 3;
      answers = Array.from({ length: 3 }, () => server.post('/classify', { texts }).finally(() => open--));
    }
    return /rowlight_batches_in_flight [12]\n/.test((await server.send('GET', '/metrics')).text);
  };
  return until('batches in flight', look, Boolean, { pollMs: 0 }).then(() => answers);
}

test(
  'SIGTERM: what was asked is answered, nothing more is taken, the exit code is 0',
  { skip: process.platform === 'win32' && 'Windows has no SIGTERM' },
  async (t) => {
    const server = await startServer(t, 'models/police-desk');
    const texts = Array.from({ length: 200 }, (_, i) => `第${i}个人的身份证丢了，怎么补办，要带什么材料，多久能拿到`);
    const answers = await underWay(server, texts);
    // All have been sent as long ago as the one that is seen; by then they have been read, too.
    for (let round = 0; round < 5; round++) await server.send('GET', '/health');
    server.child.kill('SIGTERM');
    for (const answer of await Promise.all(answers)) {
      assert.equal(answer.status, 200, answer.text);
      assert.equal((answer.json() as Results).results.length, 200);
    }
    const { code, stderr } = await server.ended;
    assert.equal(code, 0, stderr);
    await assert.rejects(server.post('/classify', { texts: ['我'] }), /ECONNREFUSED/);
  },
);

test('the newest export by time takes over without a request being dropped; a broken one does not', async (t) => {
  const folder = temporaryFolder(t);
  const { folder: run } = await fineTune(tinyRequest(folder, { epochs: 1 }), tinyWorld());
  const exportsFolder = join(folder, 'exports');
  const model = join(folder, 'model');
  assert.equal((await cli(['export', run, model])).code, 0);
  /** The same weights under other names, so that it is seen which answers. */
  const put = (time: string, prefix: string): void => {
    const made = join(folder, `made-${time}`);
    cpSync(model, made, { recursive: true });
    const config = JSON.parse(readFileSync(join(made, 'config.json'), 'utf8')) as {
      id2label: Record<string, string>;
      label2id: object;
    };
    config.id2label = Object.fromEntries(
      Object.entries(config.id2label).map(([id, label]) => [id, `${prefix}${label}`]),
    );
    config.label2id = Object.fromEntries(Object.entries(config.id2label).map(([id, label]) => [label, Number(id)]));
    writeFileSync(join(made, 'config.json'), JSON.stringify(config));
    mkdirSync(exportsFolder, { recursive: true });
    renameSync(made, join(exportsFolder, time));
  };
  put('1700000000', 'old-');
  const server = await startServer(t, exportsFolder);
  await answered(server, (label) => label.startsWith('old-'));
  put('1700000001', 'new-');
  await answered(server, (label) => label.startsWith('new-'));
  await server.said(/exports: now .*1700000001/);
  const broken = join(folder, 'broken');
  cpSync(model, broken, { recursive: true });
  writeFileSync(join(broken, 'model.safetensors'), 'nothing');
  renameSync(broken, join(exportsFolder, '1700000002'));
  await server.said(/exports: stays as it is: .*model\.safetensors/);
  await answered(server, (label) => label.startsWith('new-'));
});

test(
  'a model host that is killed: requests are answered, 200 or 503, and the next one serves',
  { skip: process.platform !== 'linux' && 'finds the host in /proc' },
  async (t) => {
    const server = await startServer(t, 'models/police-desk');
    const children = readFileSync(`/proc/${server.child.pid}/task/${server.child.pid}/children`, 'utf8').match(/\d+/g);
    assert.ok(children, 'there is a model host');
    const answers = Array.from({ length: 20 }, () => server.post('/classify', { texts: ['身份证丢了怎么补办'] }));
    for (const pid of children) process.kill(Number(pid), 'SIGKILL');
    for (const { status, text } of await Promise.all(answers)) assert.ok(status === 200 || status === 503, text);
    const look = () => server.post('/classify', { texts: ['身份证'] });
    await until('the next host', look, ({ status }) => status === 200, { pollMs: 0 });
    assert.equal((await server.send('GET', '/ready')).status, 200);
  },
);
