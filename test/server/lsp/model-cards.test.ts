import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelCards } from '../../../src/server/lsp/model-cards';
import { MemoryFiles } from '../support/memory-files';

/** A model whose weights lie in these files. */
async function modelOf(weights: Record<string, string>) {
  const whole = new MemoryFiles();
  whole.model('/m', ['甲', '乙']);
  const files = new MemoryFiles();
  for (const name of ['config.json', 'rowlight.json']) files.setBytes(`/m/${name}`, await whole.read(`/m/${name}`));
  for (const [name, content] of Object.entries(weights)) files.set(`/m/${name}`, content);
  const cards = modelCards({ files, stamp: files.stamp, bundledModels: '/models' });
  return { files, read: () => cards.read('/m') };
}

const INDEX = '{ "weight_map": { "a": "one.safetensors", "b": "two.safetensors" } }';

for (const [what, weights, rewritten] of [
  ['one file', { 'model.safetensors': 'x' }, 'model.safetensors'],
  [
    'several files',
    { 'model.safetensors.index.json': INDEX, 'one.safetensors': 'x', 'two.safetensors': 'x' },
    'two.safetensors',
  ],
  ['adapters', { 'adapter_model.safetensors': 'x' }, 'adapter_model.safetensors'],
] as const) {
  test(`weights in ${what}: the model is another once they are rewritten`, async () => {
    const { files, read } = await modelOf(weights);
    const { id, labels } = await read();
    assert.deepEqual(labels, ['甲', '乙']);
    assert.equal((await read()).id, id);
    files.set(`/m/${rewritten}`, 'y');
    assert.notEqual((await read()).id, id);
  });
}

test('a folder without weights is no model', async () => {
  const { read } = await modelOf({});
  await assert.rejects(read(), /\/m: has no model\.safetensors/);
});
