import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { scanCells } from '../../../src/server/data/scanner';
import type { DataDocument } from '../../../src/server/lsp/documents';
import { createLabelSets } from '../../../src/server/lsp/label-set-of-file';
import { MemoryFiles } from '../support/memory-files';

const columns = { names: ['标签', '文本'], label: 0, text: 1, headerless: false };

function documentOf(text: string, version = 1): DataDocument {
  const lines = TextDocument.create('file:///data/train.tsv', 'tsv', version, text);
  return { uri: lines.uri, languageId: 'tsv', version, lines, text, index: scanCells(text, 'tsv') };
}

test('without labels.json the labels are those of the cells and of the model', async () => {
  const files = new MemoryFiles();
  const sets = createLabelSets({ files, stamp: files.stamp });
  const found = await sets.of(documentOf('标签\t文本\nb\tx\n\ty\n'), columns, ['a', 'b']);
  assert.deepEqual(found.set.labels, [{ name: 'a' }, { name: 'b' }]);
  assert.equal(found.source, 'values');
  assert.equal(found.path, '/data/labels.json');
});

test('labels.json counts as soon as it is written; a broken one is reported and the values count again', async () => {
  const files = new MemoryFiles();
  const sets = createLabelSets({ files, stamp: files.stamp });
  const document = documentOf('标签\t文本\nb\tx\n');
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
