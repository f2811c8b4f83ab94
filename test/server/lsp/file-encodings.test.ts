import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileMisread, type MisreadFile } from '../../../src/protocol/encoding';
import { encodeAs } from '../../support/encode';
import { codeActions, diagnosticLines, fullReport } from '../support/diagnostics';
import { openPair, type TestClient } from '../support/pair';

const uri = 'file:///data/train.tsv';
const text = '场景\t问题\n户政管理\t身份证丢了怎么补办，需要什么材料\n道路交通\t电动车没有上牌会不会罚款\n';

function told(client: TestClient): MisreadFile[] {
  const files: MisreadFile[] = [];
  client.onNotification(FileMisread, (file) => files.push(file));
  return files;
}

test('GB18030 that was read as UTF-8: told once, one error instead of a hundred, and a way to reopen it', async (t) => {
  const client = await openPair(t);
  const files = told(client);
  const bytes = encodeAs('gb18030', text);
  client.files.setBytes('/data/train.tsv', bytes);
  client.open(uri, new TextDecoder().decode(bytes));
  const { items } = await fullReport(client, uri);
  assert.deepEqual(
    items.map(({ code, severity }) => [code, severity]),
    [['wrong-encoding', 1]],
  );
  assert.match(String(items[0]?.message), /written in GB18030 .* Reopen it as GB18030; do not save it before\./);
  const [action] = await codeActions(client, uri, items);
  assert.equal(action?.title, 'Reopen as GB18030');
  assert.deepEqual(action?.command?.arguments, [uri, 'gb18030']);
  assert.deepEqual(files, [{ uri, encoding: 'gb18030' }]);
  // The editor reopens it: the same document, another text.
  client.change(uri, { text });
  assert.deepEqual(diagnosticLines((await fullReport(client, uri)).items), ['0:0-0:5 information not-utf8']);
  assert.deepEqual(files.length, 1);
});

test('other encodings and other mistakes', async (t) => {
  const client = await openPair(t);
  const files = told(client);
  const bytes = { 'utf-16le': encodeAs('utf-16le', text), 'utf-8': new TextEncoder().encode(text) };
  for (const [name, encoding, readAs] of [
    ['a', 'utf-16le', 'utf-8'],
    ['b', 'utf-8', 'gbk'],
    ['c', 'utf-8', 'windows-1252'],
  ] as const) {
    client.files.setBytes(`/data/${name}.tsv`, bytes[encoding]);
    client.open(`file:///data/${name}.tsv`, new TextDecoder(readAs).decode(bytes[encoding]));
    await client.until(() => files.some((file) => file.uri.includes(`/${name}.`)));
    assert.equal(files.at(-1)?.encoding, encoding);
  }
});

test('a file that the editor reads right is left alone: with edits, with a mark, with other line ends, untitled', async (t) => {
  const client = await openPair(t);
  const files = told(client);
  const plain = new TextEncoder().encode(text);
  const cases: [string, Uint8Array, string][] = [
    ['a', plain, text],
    ['b', Uint8Array.of(0xef, 0xbb, 0xbf, ...plain), text],
    ['c', plain, text.replaceAll('\n', '\r\n')],
    ['d', plain, text.replace('身份证', '护照').slice(0, -5)],
    ['e', new TextEncoder().encode(text.replace('身', '\ufffd')), text.replace('身', '\ufffd')],
  ];
  for (const [name, bytes, shown] of cases) {
    client.files.setBytes(`/data/${name}.tsv`, bytes);
    client.open(`file:///data/${name}.tsv`, shown);
    const { items } = await fullReport(client, `file:///data/${name}.tsv`);
    assert.deepEqual(
      items.map(({ code }) => code),
      name === 'e' ? ['damaged-text'] : [],
      name,
    );
  }
  client.open('untitled:x', text);
  assert.deepEqual((await fullReport(client, 'untitled:x')).items, []);
  assert.deepEqual(files, []);
});
