import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { nodeFiles, rethrow, writeAtomic } from '../../src/server/node-files';
import { crashing } from './runs/crash';
import { failure } from './model/odd-bert';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowlight-files-'));
});
after(() => rm(folder, { recursive: true }));

test('a file is written with its folders, replaced, read, listed', async () => {
  const file = join(folder, 'a', 'b', 'c.txt');
  await nodeFiles.writeAtomic(file, '一');
  await nodeFiles.writeAtomic(file, new TextEncoder().encode('二'));
  assert.equal(new TextDecoder().decode(await nodeFiles.read(file)), '二');
  assert.deepEqual(await nodeFiles.list(join(folder, 'a', 'b')), ['c.txt']);
  assert.deepEqual(await nodeFiles.list(join(folder, 'nowhere')), []);
  assert.equal(await nodeFiles.exists(file), true);
  assert.equal(await nodeFiles.exists(join(folder, 'nowhere')), false);
  await assert.rejects(
    nodeFiles.read(join(folder, 'nowhere')),
    failure('not-found', /nowhere: no such file or folder/),
  );
  await assert.rejects(nodeFiles.read(folder), failure('bad-argument', /is a folder/));
});

test('what is read lies at the start of its own memory, so that tensors are views of it', async () => {
  const file = join(folder, 'tiny');
  await writeFile(file, 'x');
  assert.equal((await nodeFiles.read(file)).byteOffset, 0);
});

test('parts are written one after another', async () => {
  const file = join(folder, 'parts');
  await writeAtomic(file, [
    Uint8Array.of(1, 2),
    new Uint8Array(0),
    new Uint8Array(3_000_000).fill(3),
    Uint8Array.of(4),
  ]);
  const content = await readFile(file);
  assert.equal(content.length, 3_000_003);
  assert.deepEqual([...content.subarray(0, 3), content.at(-1)], [1, 2, 3, 4]);
});

test(
  'a link is written through and permissions are kept',
  { skip: process.platform === 'win32' && 'Unix only' },
  async () => {
    const [file, link] = [join(folder, 'real'), join(folder, 'link')];
    await writeFile(file, 'old');
    await chmod(file, 0o640);
    await symlink(file, link);
    await nodeFiles.writeAtomic(link, 'new');
    assert.equal(await readFile(file, 'utf8'), 'new');
    assert.equal((await stat(file)).mode & 0o777, 0o640);
  },
);

test('a crash at any call leaves the old content or the new, and an error leaves no rubbish', async () => {
  const file = join(folder, 'crash', 'target');
  await nodeFiles.writeAtomic(file, 'old');
  let crashes = 0;
  for (let calls = 0; ; calls++) {
    await writeFile(file, 'old');
    const { crashed } = await crashing(calls, () => nodeFiles.writeAtomic(file, 'new'));
    assert.ok(
      ['old', ...(crashed && calls < 4 ? [] : ['new'])].includes(await readFile(file, 'utf8')),
      `after ${calls} calls`,
    );
    if (!crashed) break;
    crashes++;
  }
  assert.ok(crashes >= 5, `${crashes} points of crash`);
  assert.equal(await readFile(file, 'utf8'), 'new');

  const names = await readdir(join(folder, 'crash')); // Left by the crashes; an error that the process survives adds none.
  await crashing(5, () => assert.rejects(nodeFiles.writeAtomic(file, 'newer'), failure('disk-full', /disk is full/)), {
    code: 'ENOSPC',
    once: true,
  });
  assert.deepEqual(await readdir(join(folder, 'crash')), names);
  assert.equal(await readFile(file, 'utf8'), 'new');
});

test('errors of the system become what a user can act on', () => {
  const thrown = (code: string) => () => rethrow(Object.assign(new Error(code), { code }), 'x');
  assert.throws(thrown('ENOSPC'), failure('disk-full', /^x: the disk is full/));
  assert.throws(thrown('EDQUOT'), failure('disk-full', /^x: /));
  assert.throws(thrown('ENOTDIR'), failure('not-found', /^x: /));
  assert.throws(thrown('EROFS'), failure('bad-argument', /^x: no permission/));
  assert.throws(thrown('EIO'), /^Error: EIO$/);
});

test('a disk that is really full is one', { skip: process.platform !== 'linux' && 'needs /dev/full' }, async () => {
  const { open } = await import('node:fs/promises');
  const handle = await open('/dev/full', 'w');
  try {
    await assert.rejects(
      handle.write('x').catch((error: unknown) => rethrow(error, 'x')),
      failure('disk-full', /disk is full/),
    );
  } finally {
    await handle.close();
  }
});
