/** What a run is made from and on is written down, and made again from the same it is the same bit for bit. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fineTune } from '../../src/server/runs/fine-tune';
import { gitStateOfFile, gitStateOfFolder } from '../../src/server/runs/git-state';
import { readRun, sha256 } from '../../src/server/runs/run-folder';
import { deaf, temporaryFolder, tinyData, tinyRequest, tinyWorld } from '../support/tiny-run';

const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-C', folder, ...args], { encoding: 'utf8' });

const hasGit = ((): boolean => {
  try {
    execFileSync('git', ['--version']);
    return true;
  } catch {
    return false;
  }
})();
const needsGit = { skip: !hasGit && 'git is not installed' };

/** A repository with one committed data file. */
function repository(t: TestContext): { folder: string; data: string; commit: string } {
  const folder = temporaryFolder(t);
  const data = tinyData(folder);
  git(folder, 'init', '--quiet');
  git(folder, 'add', 'rows.tsv');
  git(folder, 'commit', '--quiet', '--message', 'rows');
  return { folder, data, commit: git(folder, 'rev-parse', 'HEAD').trim() };
}

test('the commit of a data file, and whether the file differs from it', needsGit, async (t) => {
  const { folder, data, commit } = repository(t);
  assert.deepEqual(await gitStateOfFile(data), { commit, dirty: false });
  assert.deepEqual(await gitStateOfFolder(folder), { commit, dirty: false });
  writeFileSync(join(folder, 'other.tsv'), 'text\n');
  assert.deepEqual(await gitStateOfFile(data), { commit, dirty: false }, "another file's changes are not its own");
  assert.deepEqual(await gitStateOfFile(join(folder, 'other.tsv')), { commit, dirty: true }, 'git does not know it');
  appendFileSync(data, 'red\t我\n');
  assert.deepEqual(await gitStateOfFile(data), { commit, dirty: true });
  assert.deepEqual(await gitStateOfFolder(folder), { commit, dirty: true });
});

test('no repository, an empty one, odd names: an answer or none, and nothing is run by a name', needsGit, async (t) => {
  const folder = temporaryFolder(t);
  assert.equal(await gitStateOfFile(join(folder, 'rows.tsv')), undefined);
  assert.equal(await gitStateOfFolder(join(folder, 'nowhere')), undefined);
  assert.equal(await gitStateOfFolder(`${folder}\0`), undefined);
  git(folder, 'init', '--quiet');
  const odd = join(folder, '$(touch caught);`touch caught` *.tsv');
  writeFileSync(odd, 'text\n');
  assert.deepEqual(await gitStateOfFile(odd), { commit: '', dirty: true });
  assert.deepEqual(readdirSync(folder).filter((name) => name === 'caught'), []); // prettier-ignore
  mkdirSync(join(folder, '--help'));
  assert.deepEqual(await gitStateOfFolder(join(folder, '--help')), { commit: '', dirty: false });
});

test('without git there is no state, and no failure', async (t) => {
  const path = process.env.PATH;
  t.after(() => (process.env.PATH = path));
  process.env.PATH = temporaryFolder(t);
  assert.equal(await gitStateOfFolder(process.cwd()), undefined);
});

test('run.json tells data, commits, arguments, seed, versions, machine and threads', needsGit, async (t) => {
  const { folder, data, commit } = repository(t);
  const request = tinyRequest(folder, { epochs: 1 });
  await fineTune(request, tinyWorld());
  const record = await readRun(request.output);
  assert.equal(record.data.sha256, sha256(readFileSync(data)));
  assert.deepEqual(record.git?.data, { commit, dirty: false });
  assert.equal(record.arguments.seed, 7);
  const { machine } = record.attempts[0]!;
  assert.equal(machine?.node, process.version);
  assert.match(machine.runtime, /^onnxruntime \d+\.\d+\.\d+$/);
  assert.equal(machine.threads, tinyWorld().engine.threads);
  assert.ok(machine.cores > 0 && machine.os !== '');
});

test('the same data, seed, arguments and threads give the same run bit for bit', async (t) => {
  const folder = temporaryFolder(t);
  const made = async (name: string) => {
    const losses: number[] = [];
    const follower = { ...deaf, stepped: ({ loss }: { loss: number }) => void losses.push(loss) };
    const { folder: run } = await fineTune(
      tinyRequest(folder, { output: join(folder, name) }),
      tinyWorld({ follower }),
    );
    const { best } = JSON.parse(readFileSync(join(run, 'checkpoints.json'), 'utf8')) as { best: string };
    const file = (part: string) => sha256(readFileSync(join(run, 'checkpoints', best, part)));
    return { losses, best, files: ['model.safetensors', 'predictions.tsv', 'rowlight.json'].map(file) };
  };
  assert.deepEqual(await made('first'), await made('second'));
});
