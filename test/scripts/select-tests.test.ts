import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load';

interface Selection {
  readonly plain: string[];
  readonly e2e: string[];
  readonly parity: string[];
  readonly tensorflow: string[];
}

const FILES = [
  'unit/tokenizer/a.test.ts',
  'unit/data/b.test.ts',
  'server/kill.test.ts',
  'e2e/c.test.ts',
  'parity/d.test.ts',
  'tensorflow/e.test.ts',
  'engine/tensorflow/f.test.ts',
];

const none: Selection = { plain: [], e2e: [], parity: [], tensorflow: [] };

async function select(...words: string[]): Promise<Selection> {
  const module = await load<{ select(files: string[], words: string[]): Selection }>('scripts/lib/select-tests.mjs');
  return module.select(FILES, words);
}

test('without words everything but the tests that need another library', async () => {
  const plain = [...FILES.slice(0, 3), 'engine/tensorflow/f.test.ts'];
  assert.deepEqual(await select(), { plain, e2e: ['e2e/c.test.ts'], parity: [], tensorflow: [] });
});

test('every word must be in the path, which may begin with test/', async () => {
  assert.deepEqual(await select('unit', 'token'), { ...none, plain: ['unit/tokenizer/a.test.ts'] });
  assert.deepEqual(await select('test/unit/data/b.test.ts'), { ...none, plain: ['unit/data/b.test.ts'] });
  assert.deepEqual((await select('kill')).plain, ['server/kill.test.ts']);
});

test('tests that need another library run when a word asks for them', async () => {
  assert.deepEqual(await select('parity'), { ...none, parity: ['parity/d.test.ts'] });
  const tensorflow = ['tensorflow/e.test.ts'];
  assert.deepEqual(await select('tensorflow'), { ...none, plain: ['engine/tensorflow/f.test.ts'], tensorflow });
});

test('files whose tests failed are found by bundle or source, and by the name of a file that broke off', async () => {
  const { failedFiles } = await load<{ failedFiles(files: string[], notes: object[]): string[] }>(
    'scripts/lib/select-tests.mjs',
  );
  const files = ['/r/dist/test/unit/a.test.cjs', '/r/dist/test/unit/b.test.cjs', '/r/dist/test/server/b.test.cjs'];
  const failed = 'what went wrong';
  assert.deepEqual(failedFiles(files, [{ name: 't', file: '/r/test/unit/b.test.ts', failed }]), [files[1]]);
  assert.deepEqual(
    failedFiles(files, [
      { name: 't', file: files[2], failed },
      { name: 'u', skipped: 'why' },
    ]),
    [files[2]],
  );
  assert.deepEqual(failedFiles(files, [{ name: files[0], failed }]), [files[0]]);
  assert.deepEqual(failedFiles(files, []), files);
});
