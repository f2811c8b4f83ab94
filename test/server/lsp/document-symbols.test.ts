import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DocumentSymbolRequest, type DocumentSymbol } from 'vscode-languageserver/node';
import { openPair } from '../support/pair';

test('the header is the one symbol, over all rows; a file without one has its first row', async (t) => {
  const client = await openPair(t);
  const symbols = async (uri: string, text: string): Promise<DocumentSymbol[]> => {
    client.open(uri, text);
    return (await client.send(DocumentSymbolRequest.type, { textDocument: { uri } })) as DocumentSymbol[];
  };
  const [header, ...none] = await symbols('file:///data/a.tsv', '场景\t\t问题\n户政\t1\t怎么落户\n\t2\t怎么报警\n');
  assert.deepEqual(none, []);
  assert.equal(header?.name, '场景 · 2 · 问题');
  assert.deepEqual(header.range, { start: { line: 0, character: 0 }, end: { line: 2, character: 7 } });
  assert.deepEqual(header.selectionRange.end, { line: 0, character: 6 });
  const [first] = await symbols('file:///data/b.tsv', '怎么落户呢\t0\n怎么报警呢\t1\n门口堆杂物\t0\n');
  assert.equal(first?.range.end.line, 0);
  assert.deepEqual(await symbols('file:///data/c.tsv', ''), []);
});
