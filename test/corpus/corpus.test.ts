import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type CorpusRequest, buildCorpus } from '../../src/server/corpus/build-corpus';
import { type TableTexts, readDocuments } from '../../src/server/corpus/read-documents';
import { openShards } from '../../src/server/corpus/shards';
import { corpusFiles } from '../../src/server/corpus/sources';
import { RowlightError } from '../../src/server/errors';
import { DOCUMENT_END } from '../../src/server/pretraining/token-stream';
import { DEFAULT_TOKENIZER_CONFIG, createTokenizer } from '../../src/server/tokenizer/tokenizer';
import { parseVocabulary } from '../../src/server/tokenizer/vocabulary';
import { createRandom } from '../../src/server/training/random';
import { temporaryFolder } from '../support/tiny-run';

const vocabulary = parseVocabulary(
  readFileSync(join('test', 'golden', 'pretraining', 'tiny', 'vocab.txt')),
  'vocab.txt',
);

async function read(path: string, textColumn?: string, rows: TableTexts = {}): Promise<string[][]> {
  const documents: string[][] = [];
  for await (const document of readDocuments(path, { textColumn, ...rows }, () => undefined)) documents.push(document);
  return documents;
}

test('texts, gzip and a column of tables give the same documents', async (t) => {
  const folder = temporaryFolder(t);
  const at = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const expected = [['第一行', '第二行'], ['另一篇，有"引号"']];
  const text = '第一行\r\n第二行\n\n\n另一篇，有"引号"\n';
  assert.deepEqual(await read(at('a.txt', text)), expected);
  assert.deepEqual(await read(at('a.txt.gz', gzipSync(text))), expected);
  assert.deepEqual(
    await read(at('a.csv', 'id,text\r\n1,"第一行\n第二行"\r\n2,"另一篇，有""引号"""\r\n3,\r\n'), 'text'),
    expected,
  );
  assert.deepEqual(await read(at('b.tsv', 'x\ttext\n1\t另一篇，有"引号"\n'), 'text'), [expected[1]]);
  assert.deepEqual(await read(at('c.tsv.gz', gzipSync('1\t另一篇，有"引号"\n')), '2'), [expected[1]]);
  // A column by its number, whatever the cells of the first row say; a header of numbers is one all the same.
  assert.deepEqual(await read(at('d.tsv', '另一篇，有"引号"\t1\n'), '1'), [expected[1]]);
  assert.deepEqual(await read(at('e.tab', '2\t1\nx\t另一篇，有"引号"\n'), '1'), [expected[1]]);
  const rows = expected.map((lines) => JSON.stringify({ text: lines.join('\n') })).join('\n');
  assert.deepEqual(await read(at('a.jsonl', rows), 'text'), expected);
});

test('of the rows of a table those without a label alone, where they are asked for', async (t) => {
  const folder = temporaryFolder(t);
  const at = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const unlabelled = { rows: 'unlabelled' } as const;
  const table = at('a.tsv', '场景\t问题\tkind\n户政\t一\t\n\t二\tx\n \t三\t\n治安\t四\ty\n');
  assert.deepEqual(await read(table, '问题'), [['一'], ['二'], ['三'], ['四']]);
  assert.deepEqual(await read(table, '问题', unlabelled), [['二'], ['三']]);
  assert.deepEqual(await read(table, '问题', { ...unlabelled, labelColumn: 'kind' }), [['一'], ['三']]);
  const bare = at('b.csv', 'x,一\n,二\n');
  assert.deepEqual(await read(bare, '2', { ...unlabelled, labelColumn: '1' }), [['二']]);
  const rows = at('c.jsonl', '{"text":"一","label":"x"}\n{"text":"二","label":null}\n{"text":"三"}\n');
  assert.deepEqual(await read(rows, 'text', unlabelled), [['二'], ['三']]);
  await assert.rejects(
    read(bare, '2', unlabelled),
    (error) => RowlightError.is(error, 'bad-argument') && error.message.includes('--label-column'),
  );
});

test('what cannot be read is told with file and remedy', async (t) => {
  const folder = temporaryFolder(t);
  const refused = async (name: string, content: string | Uint8Array, column: string | undefined, says: RegExp) => {
    writeFileSync(join(folder, name), content);
    await assert.rejects(
      read(join(folder, name), column),
      (error) => RowlightError.is(error, 'bad-data') && says.test(error.message),
    );
  };
  await refused('gbk.txt', Uint8Array.of(0xb5, 0xda, 0xd2, 0xbb), undefined, /gbk\.txt: not in UTF-8/);
  await refused(
    'half.txt.gz',
    gzipSync('一'.repeat(5000)).subarray(0, 30),
    undefined,
    /half\.txt\.gz: is no whole gzip/,
  );
  await refused('a.tsv', 'a\tb\n1\t2\n', 'text', /no column "text"; there are: a, b/);
  await refused('a.jsonl', '{"text":"x"}\n[1]\n', 'text', /line 2: no JSON object/);
  writeFileSync(join(folder, 'only.tsv'), 'a\tb\n');
  await assert.rejects(corpusFiles([join(folder, 'only.tsv')], undefined), (error) =>
    RowlightError.is(error, 'bad-argument'),
  );
  mkdirSync(join(folder, 'empty'));
  await assert.rejects(corpusFiles([join(folder, 'empty')], undefined), (error) =>
    RowlightError.is(error, 'not-found'),
  );
  await assert.rejects(corpusFiles([join(folder, 'none')], undefined), (error) => RowlightError.is(error, 'not-found'));
});

/** Documents of the tiny vocabulary's characters, some of them twice, with a line of junk each. */
function texts(): string {
  const characters = [...'身份证丢了怎么办理补报警交通事故我想问里去哪'];
  const random = createRandom(1, 1);
  const line = () => Array.from({ length: 20 }, () => characters[random.below(characters.length)]).join('');
  const documents = Array.from({ length: 120 }, () => [line(), line(), line(), '——————'].join('\n'));
  return [...documents, ...documents.slice(0, 10)].join('\n\n');
}

function request(folder: string, cache: string, files: CorpusRequest['files'], heldOut = 0.2): CorpusRequest {
  return {
    files,
    leaveOut: [],
    settings: { rowlight: '0.0.0', tokenizer: 'tiny', heldOut, seed: 1 },
    tokenizer: createTokenizer(vocabulary, DEFAULT_TOKENIZER_CONFIG),
    unkId: vocabulary.unkId,
    segment: (text) => [...text].map((_, i) => i + 1),
    cache: join(folder, cache),
    shardNumbers: 1000,
  };
}

const world = (signal = new AbortController().signal) => ({
  clock: { now: () => Date.now() },
  signal,
  progress: () => undefined,
});

test('a corpus is cleaned, without duplicates, held out by document, and found again', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'a.txt'), texts());
  const files = await corpusFiles([folder], undefined);
  const given = request(folder, 'cache', files);
  const { manifest, folder: made } = await buildCorpus(given, world());
  const { counts, shards, heldOut } = manifest;
  assert.equal(counts.documents, 130);
  assert.equal(counts.nearDuplicates, 10);
  assert.equal(counts.junk['no-words'], 130);
  const documents = shards.reduce((sum, shard) => sum + shard.documents, 0);
  assert.equal(documents + heldOut.documents, 130 - counts.nearDuplicates);
  assert.ok(heldOut.documents > 5 && heldOut.documents < 50);
  assert.ok(shards.length > 2);
  const numbers = await openShards(made, shards).read(0);
  assert.equal(numbers.length, shards[0]!.numbers);
  assert.equal(numbers.filter((number) => number === DOCUMENT_END).length, shards[0]!.documents);
  // The same texts again: nothing is made anew.
  const again = await buildCorpus({ ...given, segment: () => assert.fail('made anew') }, world());
  assert.deepEqual(again.manifest, manifest);
  writeFileSync(join(made, shards[0]!.name), 'other');
  await assert.rejects(openShards(made, shards).read(0), (error) => RowlightError.is(error, 'bad-data'));
});

for (const [what, share] of [
  ['a share', 0.2],
  ['one document', 1e-6],
] as const) {
  test(`a corpus that was broken off goes on after its last shard and ends as the unbroken one, ${what} held out`, async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'a.txt'), texts());
    const files = await corpusFiles([folder], undefined);
    const whole = await buildCorpus(request(folder, 'whole', files, share), world());
    const cache = 'broken';
    for (let breaks = 0; ; breaks++) {
      const controller = new AbortController();
      let shards = -1;
      const given = request(folder, cache, files, share);
      const key = join(folder, cache, whole.folder.split(/[\\/]/).at(-1)!);
      // Stops once a further shard is there.
      const segment = (text: string) => {
        const now = readdirSync(key).filter((name) => name.startsWith('shard-')).length;
        if (shards < 0) shards = now;
        if (now > shards) controller.abort();
        return given.segment(text);
      };
      try {
        const ended = await buildCorpus({ ...given, segment }, world(controller.signal));
        assert.ok(breaks >= 2, `broken off ${breaks} times`);
        assert.deepEqual(ended.manifest, whole.manifest);
        for (const { name } of [...ended.manifest.shards, ended.manifest.heldOut])
          assert.deepEqual(readFileSync(join(ended.folder, name)), readFileSync(join(whole.folder, name)));
        return;
      } catch (error) {
        assert.ok(RowlightError.is(error, 'cancelled'), String(error));
      }
    }
  });
}

test('of a small corpus one document is held out, but never the only one, and none where none is asked for', async (t) => {
  const folder = temporaryFolder(t);
  const documents = texts().split('\n\n');
  const counted = async (count: number, heldOut: number) => {
    const file = join(folder, `${count}.txt`);
    writeFileSync(file, documents.slice(0, count).join('\n\n'));
    const files = await corpusFiles([file], undefined);
    const { manifest } = await buildCorpus(request(folder, 'cache', files, heldOut), world());
    const learnt = manifest.shards.reduce((sum, shard) => sum + shard.documents, 0);
    return [learnt, manifest.heldOut.documents];
  };
  assert.deepEqual(await counted(1, 1e-6), [1, 0]);
  assert.deepEqual(await counted(2, 1e-6), [1, 1]);
  assert.deepEqual(await counted(90, 1e-6), [89, 1]);
  assert.deepEqual(await counted(90, 0), [90, 0]);
  // One that was made with none is not taken where one is asked for.
  assert.deepEqual(await counted(80, 0), [80, 0]);
  assert.deepEqual(await counted(80, 1e-6), [79, 1]);
});

test('documents that hold a text of a test set are left out, and its hash is in the manifest', async (t) => {
  const folder = temporaryFolder(t);
  const documents = texts().split('\n\n').slice(0, 30);
  mkdirSync(join(folder, 'texts'));
  writeFileSync(join(folder, 'texts', 'a.txt'), documents.join('\n\n'));
  // Of the third document two lines in one cell, of the seventh a line.
  const [first, second] = documents[2]!.split('\n');
  const tests = join(folder, 'test.tsv');
  writeFileSync(tests, `label\ttext\nx\t${first}${second}\ny\t${documents[6]!.split('\n')[1]}\n`);
  const files = await corpusFiles([join(folder, 'texts')], 'text');
  const leaveOut = await corpusFiles([tests], 'text');
  const given = request(folder, 'cache', files, 0);
  const whole = await buildCorpus(given, world());
  const settings = { ...given.settings, textColumn: 'text' };
  const { manifest } = await buildCorpus({ ...given, settings, leaveOut }, world());
  const learnt = (made: typeof manifest) => made.shards.reduce((sum, shard) => sum + shard.documents, 0);
  assert.deepEqual([learnt(whole.manifest), whole.manifest.counts.leftOut], [30, 0]);
  assert.deepEqual([learnt(manifest), manifest.counts.leftOut], [28, 2]);
  assert.deepEqual(manifest.settings.leftOut, [createHash('sha256').update(readFileSync(tests)).digest('hex')]);
});
