import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { RetryModel } from '../../src/protocol/messages';
import { until } from '../support/until';
import { ServerProcess } from './support/server-process';

const ROWS = 100_000;
const root = process.cwd();

/** The bundle of the server beside a model host without a model, so that what is measured is the server. */
async function start(t: TestContext): Promise<{ server: ServerProcess; uri: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'rowlight-bundle-'));
  mkdirSync(join(folder, 'dist'));
  copyFileSync(join(root, 'dist/server.cjs'), join(folder, 'dist/server.cjs'));
  copyFileSync(join(root, 'test/fixtures/crashing-host.cjs'), join(folder, 'dist/model-host.cjs'));
  const model = join(folder, 'models', 'desk');
  mkdirSync(model, { recursive: true });
  const labels = ['甲', '乙'];
  const config = {
    architectures: ['BertForSequenceClassification'],
    model_type: 'bert',
    vocab_size: 10,
    hidden_size: 4,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 8,
    max_position_embeddings: 16,
    id2label: Object.fromEntries(labels.entries()),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  };
  writeFileSync(join(model, 'config.json'), JSON.stringify(config));
  writeFileSync(join(model, 'rowlight.json'), '{"format":1,"columns":{"text":"问题","label":"场景"}}');
  writeFileSync(join(model, 'model.safetensors'), '');
  const server = new ServerProcess(join(folder, 'dist/server.cjs'));
  t.after(() => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await server.initialize(folder);
  return { server, uri: pathToFileURL(join(folder, 'train.tsv')).href };
}

/** Asks for the lines from `line` on until there are `count` hints: a first answer may come before the model host is up. */
const hintsOf = (server: ServerProcess, uri: string, line: number, count: number): Promise<unknown> =>
  until(`${count} hints`, () => server.hints(uri, line, count + 1), ({ length }) => length >= count, { pollMs: 0 }); // prettier-ignore

test('over standard streams: nothing but the protocol comes out, and shutdown ends it', async (t) => {
  const { server, uri } = await start(t);
  await server.open(uri, '场景\t问题\n甲\t怎么报警\n');
  // A stray byte on the stream would have ended the connection.
  await hintsOf(server, uri, 0, 1);
  assert.equal(await server.stop(), 0);
});

test('a text that crashes the model host twice: the file says so, the server stays up, Retry brings the model back', async (t) => {
  const { server, uri } = await start(t);
  await server.open(uri, '场景\t问题\n甲\t怎么报警\n乙\tabort\n');
  // Of this line alone: the next one has the text.
  await until('its hint', () => server.hints(uri, 1, 1), ({ length }) => length === 1); // prettier-ignore
  await until(
    'the status of the file',
    async () => {
      await server.hints(uri, 2, 1);
      return server.status?.files[uri];
    },
    (file) => file?.kind === 'bad-model',
  );
  await server.replace(uri, { start: { line: 2, character: 2 }, end: { line: 2, character: 7 } }, '有人打架');
  await server.request(RetryModel, null);
  await hintsOf(server, uri, 0, 2);
  assert.equal(await server.stop(), 0);
});

test('a file of 100,000 rows: hints come soon, an edit costs little of what opening it does, in all and in any turn', async (t) => {
  const { server, uri } = await start(t);
  const text = `场景\t问题\n${Array.from({ length: ROWS }, (_, i) => `${i % 3 ? '甲' : ''}\t第${i}个人问：${'怎么办理居住证'.repeat(3)}？`).join('\n')}\n`;
  const opened = performance.now();
  await server.open(uri, text);
  await hintsOf(server, uri, 1, 60);
  const first = performance.now() - opened;

  server.measure();
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    // A fixed walk over the whole file.
    const line = 1 + ((i * 7919) % (ROWS - 100));
    const begun = performance.now();
    const at = { line, character: 3 };
    await server.replace(uri, { start: at, end: at }, '我');
    await hintsOf(server, uri, line, 60);
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  const { longestTurn, memory } = await server.measured();
  const [median = 0, worst = 0] = [times[50], times[99]];
  t.diagnostic(
    `${(text.length / 1e6).toFixed(1)} M characters: open → 60 hints ${first.toFixed(0)} ms; edit → hints median ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms; longest turn ${longestTurn.toFixed(1)} ms; server ${(memory / 2 ** 20).toFixed(0)} MB`,
  );
  // Whatever machine it is, whatever else that does: reading the file anew for every edit would cost as much as opening it.
  assert.ok(median < first / 4, `edit → hints ${median} ms, open → hints ${first} ms`);
  assert.ok(longestTurn < first, `a turn of ${longestTurn} ms, open → hints ${first} ms`);
});
