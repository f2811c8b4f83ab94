import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load';

interface Selection {
  readonly plain: string[];
  readonly e2e: string[];
  readonly parity: string[];
}

const FILES = [
  'unit/tokenizer/a.test.ts',
  'unit/data/b.test.ts',
  'server/kill.test.ts',
  'e2e/c.test.ts',
  'parity/d.test.ts',
];

async function select(...words: string[]): Promise<Selection> {
  const module = await load<{ select(files: string[], words: string[]): Selection }>('scripts/lib/select-tests.mjs');
  return module.select(FILES, words);
}

test('without words everything but the parity tests', async () => {
  assert.deepEqual(await select(), { plain: FILES.slice(0, 3), e2e: ['e2e/c.test.ts'], parity: [] });
});

test('every word must be in the path, which may begin with test/', async () => {
  assert.deepEqual(await select('unit', 'token'), { plain: ['unit/tokenizer/a.test.ts'], e2e: [], parity: [] });
  assert.deepEqual(await select('test/unit/data/b.test.ts'), { plain: ['unit/data/b.test.ts'], e2e: [], parity: [] });
  assert.deepEqual((await select('kill')).plain, ['server/kill.test.ts']);
});

test('parity tests run when a word asks for them', async () => {
  assert.deepEqual(await select('parity'), { plain: [], e2e: [], parity: ['parity/d.test.ts'] });
});
