import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { rescanCells, scanCells } from '../../../src/server/data/scanner';
import type { DataDocument, Documents, DocumentEvent } from '../../../src/server/lsp/documents';
import { createLabelSets } from '../../../src/server/lsp/label-set-of-file';
import { createLabelTallies } from '../../../src/server/lsp/label-tally';
import { MemoryFiles } from '../support/memory-files';

const columns = { names: ['标签', '文本'], label: 0, text: 1, headerless: false };

function documentOf(text: string, version = 1): DataDocument {
  const lines = TextDocument.create('file:///data/train.tsv', 'tsv', version, text);
  return { uri: lines.uri, languageId: 'tsv', version, lines, text, index: scanCells(text, 'tsv') };
}

/** The label sets of a server that has this document open. */
function openSets(files: MemoryFiles, document: DataDocument) {
  const listeners: ((event: DocumentEvent) => void)[] = [];
  const documents: Documents = {
    get: () => document,
    all: () => [document],
    onEvent: (listener) => listeners.push(listener),
    capabilities: {},
  };
  const sets = createLabelSets({ files, stamp: files.stamp }, createLabelTallies(documents));
  const emit = (event: DocumentEvent): void => listeners.forEach((listener) => listener(event));
  return { sets, emit };
}

test('without labels.json the labels are those of the cells and of the model', async () => {
  const files = new MemoryFiles();
  const document = documentOf('标签\t文本\nb\tx\n\ty\n');
  const { sets } = openSets(files, document);
  const found = await sets.of(document, columns, ['a', 'b']);
  assert.deepEqual(found.set.labels, [{ name: 'a' }, { name: 'b' }]);
  assert.equal(found.source, 'values');
  assert.equal(found.path, '/data/labels.json');
});

test('labels.json counts as soon as it is written; a broken one is reported and the values count again', async () => {
  const files = new MemoryFiles();
  const document = documentOf('标签\t文本\nb\tx\n');
  const { sets } = openSets(files, document);
  await files.writeAtomic('/data/labels.json', '{"labels":[{"name":"z","description":"last"}]}');
  assert.deepEqual(await sets.of(document, columns, ['a']), {
    set: { labels: [{ name: 'z', description: 'last' }] },
    source: 'file',
    path: '/data/labels.json',
  });
  await files.writeAtomic('/data/labels.json', '{"labels":');
  const broken = await sets.of(document, columns, []);
  assert.equal(broken.source, 'values');
  assert.match(broken.problem ?? '', /labels\.json: not valid JSON/);
});

test('the labels of the cells follow edits, and only the rows that were edited are read again', async () => {
  const files = new MemoryFiles();
  let text = '标签\t文本\nb\tx\nc\ty\nb\tz\n';
  const index = scanCells(text, 'tsv');
  let read = 0;
  const lines = TextDocument.create('file:///data/train.tsv', 'tsv', 1, text);
  const document = { uri: lines.uri, languageId: 'tsv', version: 1, lines, index, get text() { read++; return text; } }; // prettier-ignore
  const { sets, emit } = openSets(files, document);
  const names = async () => (await sets.of(document, columns, [])).set.labels.map(({ name }) => name);
  const replace = (start: number, oldEnd: number, by: string): void => {
    text = text.slice(0, start) + by + text.slice(oldEnd);
    const rows = rescanCells(index, text, { start, oldEnd, newEnd: start + by.length });
    emit({ kind: 'changed', document, rows });
  };
  assert.deepEqual(await names(), ['b', 'c']);
  const once = read;
  const place = text.indexOf('c\ty');
  replace(place, place + 1, 'd');
  assert.deepEqual(await names(), ['b', 'd']);
  replace(text.indexOf('b\tz'), text.length, '');
  assert.deepEqual(await names(), ['b', 'd'], 'another row has it still');
  replace(text.indexOf('b\tx'), text.indexOf('d\ty'), '');
  assert.deepEqual(await names(), ['d']);
  assert.ok(read < 2 * once + 8, `${read} reads after ${once}`);
});
