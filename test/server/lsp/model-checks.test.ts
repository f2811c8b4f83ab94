import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { silentLog } from '../../../src/server/env';
import { createSeenRows, type Judge } from '../../../src/server/lsp/seen-rows';
import type { ModelCard } from '../../../src/server/lsp/model-of-file';
import { textHash, type RunRecord } from '../../../src/server/runs/run-folder';
import { diagnosticLines, fullReport } from '../support/diagnostics';
import { MemoryFiles } from '../support/memory-files';
import { openPair } from '../support/pair';

const RUN = '/data/.rowlight/runs/one';
const DATA = '场景\t问题\n甲类\t学过的\n乙类\t留出的\n\t没有标签的\n';

function record(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    format: 1,
    id: 'one',
    createdAt: '2026-11-24T10:00:00.000Z',
    rowlight: '0.2.0',
    arguments: {},
    data: { path: '/data/train.tsv', sha256: createHash('sha256').update(DATA).digest('hex') },
    base: 'zh-mini',
    seed: 1,
    labels: ['甲类', '乙类'],
    columns: { text: '问题', label: '场景' },
    headerless: false,
    split: { fraction: 0.5, heldOut: [{ row: 1, hash: textHash('留出的') }] },
    attempts: [],
    ...changes,
  };
}

const card: ModelCard = {
  folder: RUN,
  checkpoint: `${RUN}/checkpoints/step-1`,
  name: 'one',
  id: 'one',
  labels: ['甲类', '乙类'],
  columns: undefined,
};

function world(content: string, run: RunRecord | undefined): MemoryFiles {
  const files = new MemoryFiles();
  files.set('/data/train.tsv', content);
  if (run) files.set(`${RUN}/run.json`, JSON.stringify(run));
  return files;
}

const judge = (files: MemoryFiles, path: string): Promise<Judge> =>
  createSeenRows(files, silentLog)(card, `file://${path}`);
const bases = (of: Judge): string[] => ['学过的', '留出的', '没有标签的', '新的'].map((text) => of(text, undefined));

test('rows of a run are told by the hashes of their texts, in its own file and in others', async () => {
  const files = world(DATA, record());
  for (const path of ['/data/train.tsv', '/data/other.tsv'])
    assert.deepEqual(bases(await judge(files, path)), ['trained', 'held-out', 'unseen', 'unseen']);
  const relative = world(DATA, record({ data: { ...record().data, path: 'train.tsv' } }));
  assert.deepEqual(bases(await judge(relative, '/data/other.tsv')), ['trained', 'held-out', 'unseen', 'unseen']);
});

test('a file that changed since: what was not held out of it may have been learnt; other files are plain', async () => {
  const files = world(`${DATA}甲类\t后来的\n`, record());
  assert.deepEqual(bases(await judge(files, '/data/train.tsv')), ['trained', 'held-out', 'trained', 'trained']);
  assert.deepEqual(bases(await judge(files, '/data/other.tsv')), ['unseen', 'held-out', 'unseen', 'unseen']);
});

test('with a file of held-out rows the whole data file was learnt', async () => {
  const whole = record();
  delete whole.split;
  const files = world(DATA, { ...whole, dev: { path: '/data/dev.tsv', sha256: '' } });
  assert.deepEqual(bases(await judge(files, '/data/dev.tsv')), ['trained', 'trained', 'unseen', 'unseen']);
});

test('a model without its run: known only where it was trained on this very file', async () => {
  const files = world(DATA, undefined);
  assert.deepEqual(bases(await judge(files, '/data/train.tsv')), Array(4).fill('unknown'));
  const rowlight = { format: 1, dataHash: record().data.sha256 };
  files.set(`${RUN}/checkpoints/step-1/rowlight.json`, JSON.stringify(rowlight));
  assert.deepEqual(bases(await judge(files, '/data/train.tsv')), Array(4).fill('trained'));
  assert.deepEqual(bases(await judge(files, '/data/other.tsv')), Array(4).fill('unknown'));
});

test('a contradiction on a row that the model was trained on is a hint that says so; on a held-out one it is more', async (t) => {
  const client = await openPair(t);
  client.files.set('/data/train.tsv', DATA);
  client.files.set(`${RUN}/run.json`, JSON.stringify(record()));
  client.files.set(`${RUN}/checkpoints.json`, JSON.stringify({ format: 1, best: 'step-1', last: 'step-1' }));
  client.files.model(`${RUN}/checkpoints/step-1`, ['甲类', '乙类']);
  client.configure({ model: RUN });
  client.host.script = (text) => ({ label: text === '学过的' ? '乙类' : '甲类', probability: 0.99 });
  client.open('file:///data/train.tsv', DATA);
  await fullReport(client, 'file:///data/train.tsv');
  await client.until(() => client.diagnosticRefreshes > 0);
  const { items } = await fullReport(client, 'file:///data/train.tsv');
  assert.deepEqual(diagnosticLines(items), [
    '1:0-1:2 hint contradicted-label',
    '2:0-2:2 information contradicted-label',
  ]);
  assert.match(String(items[0]?.message), /It was trained on this row and still disagrees/);
  assert.match(String(items[1]?.message), /It was not trained on this row/);
});

test('a text that the model cuts is underlined from the cut on', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲类', '乙类']);
  const letters = [...'怎么办一二三四五六七八九十'];
  client.files.set('/models/desk/vocab.txt', ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...letters].join('\n'));
  const uri = 'file:///data/train.tsv';
  client.host.script = () => ({ label: '甲类', probability: 0.5 });
  // The model of the test reads 16 tokens, two of which are special.
  client.open(
    uri,
    `场景\t问题\n甲类\t${'怎么办'.repeat(7)}\n乙类\t${'怎么办'.repeat(4)}\n乙类\tabcdefghijklmnopqrstuvwxyz\n`,
  );
  await fullReport(client, uri);
  await client.until(() => client.diagnosticRefreshes > 0);
  const { items } = await fullReport(client, uri);
  assert.deepEqual(diagnosticLines(items), ['1:17-1:24 information truncated-text']);
  assert.match(String(items[0]?.message), /first 16 tokens/);
});
