import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseModel, type Candidates, type ModelCard } from '../../../src/server/lsp/model-of-file';

const card = (name: string, labels: string, columns: [string, string] | undefined = ['问题', '场景']): ModelCard => ({
  folder: name,
  checkpoint: `${name}/checkpoints/step-1`,
  name,
  id: name,
  labels: [...labels],
  columns: columns && { text: columns[0], label: columns[1] },
});

/** What is chosen for a file with columns 场景 and 问题 and these labels: `source name`, `none`, or the message. */
function choice(labels: string, candidates: Partial<Candidates>, columns = ['场景', '问题']): string {
  const result = chooseModel({ columns, labels: new Set(labels) }, { runs: [], bundled: [], ...candidates });
  if (result.kind === 'model') return `${result.source} ${result.card.name}`;
  return result.kind === 'bad' ? result.message : 'none';
}

test('setting before choice before newest run before what came with Rowlight', () => {
  const all = {
    setting: card('s', 'ab'),
    chosen: card('c', 'ab'),
    runs: [card('new', 'ab'), card('old', 'ab')],
    bundled: [card('b', 'ab')],
  };
  assert.equal(choice('ab', all), 'setting s');
  assert.equal(choice('ab', { chosen: all.chosen, runs: all.runs }), 'chosen c');
  assert.equal(choice('ab', { runs: all.runs, bundled: all.bundled }), 'run new');
  assert.equal(choice('ab', { bundled: all.bundled }), 'bundled b');
  assert.equal(choice('ab', {}), 'none');
});

test('the server comes behind what was asked for this file and before what was found', () => {
  const served = { ...card('http://box/models/m', 'ab'), server: 'http://box' };
  const runs = [card('run', 'ab')];
  assert.equal(choice('ab', { setting: card('s', 'ab'), served, runs }), 'setting s');
  assert.equal(choice('ab', { chosen: card('c', 'ab'), served, runs }), 'chosen c');
  assert.equal(choice('ab', { served, runs }), 'server http://box/models/m');
  assert.equal(choice('bc', { served, runs }), 'server http://box/models/m', 'fewer labels than the file has');
  assert.match(choice('ab', { setting: card('s', 'xy'), served, runs }), /knows none/, 'it takes no place of another');
});

test('the server predicts no file whose labels it does not know, nor one without labels that has other columns', () => {
  const served = { ...card('m', 'xy'), server: 'http://box' };
  const runs = [card('run', 'ab')];
  assert.equal(choice('ab', { served, runs }), 'run run');
  assert.equal(choice('ab', { served }), 'none');
  assert.equal(choice('', { served }), 'server m');
  assert.equal(choice('', { served }, ['name', 'remark']), 'none');
  assert.equal(choice('', { served: { ...served, columns: undefined } }, ['name', 'remark']), 'server m');
});

test('a run predicts a file when its columns are there and its labels cover the file', () => {
  const runs = [card('wide', 'abcd', ['text', 'label']), card('narrow', 'a'), card('fits', 'abc')];
  assert.equal(choice('ab', { runs }), 'run fits');
  assert.equal(choice('abx', { runs }), 'none', 'a label that no run knows');
  assert.equal(choice('', { runs }), 'run narrow', 'a file without labels is covered by any');
  assert.equal(choice('ab', { runs }, ['场景', '内容']), 'none', 'the text column has another name');
});

test('a model without columns or labels is chosen by nobody but the user', () => {
  assert.equal(
    choice('a', { runs: [{ ...card('r', 'ab'), columns: undefined }], bundled: [card('base', '')] }),
    'none',
  );
  assert.equal(choice('a', { setting: { ...card('s', 'ab'), columns: undefined } }), 'setting s');
});

test('a model that was asked for may know fewer labels, but never none of them, and nothing takes its place', () => {
  const runs = [card('fits', 'ab')];
  assert.equal(choice('ab', { chosen: card('c', 'a'), runs }), 'chosen c');
  assert.match(choice('ab', { chosen: card('c', 'xy'), runs }), /^c knows none of this file's labels/);
  assert.match(choice('ab', { setting: card('s', 'xy'), chosen: card('c', 'ab') }), /^s knows none/);
  assert.match(choice('ab', { setting: card('zh-mini', ''), runs }), /base model/);
  assert.equal(choice('ab', { setting: { failure: '/m: not found' }, runs }), '/m: not found');
});
