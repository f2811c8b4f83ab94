import assert from 'node:assert/strict';
import promises from 'node:fs/promises';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { bytesForRun, ensureDiskSpace } from '../../../src/server/runs/disk';
import { failure } from '../model/odd-bert';
import { temporaryFolder } from './run-fixture';

test('BERT-base needs three checkpoints and two states', () => {
  assert.equal(bytesForRun(102_267_648), 102_267_648 * 28 + 33_554_432);
});

test('room is asked of the disk that the run will lie on, also before its folder is there', async (t) => {
  const run = join(await temporaryFolder(t), 'a', 'b', 'run');
  await ensureDiskSpace(run, 1);
  await assert.rejects(
    ensureDiskSpace(run, 2 ** 60),
    failure(
      'disk-full',
      /run: a run of this model needs 1152921504\.6 GB on the disk, and \d.* are free; free some space/,
    ),
  );
});

test('checkpoints that are there already count as room', async (t) => {
  const run = await temporaryFolder(t);
  const folder = join(run, 'checkpoints', 'step-1');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.safetensors'), '');
  await truncate(join(folder, 'model.safetensors'), 3_000_000);
  const disk = mock.method(promises, 'statfs', () => Promise.resolve({ bavail: 1000, bsize: 1000 }));
  t.after(() => disk.mock.restore());
  await ensureDiskSpace(run, 4_000_000);
  await assert.rejects(
    ensureDiskSpace(run, 4_000_001),
    failure('disk-full', /needs 2 MB on the disk, and 1 MB are free/),
  );
});
