/** The set-up where everything is there already. What it fetches is tried by every clean checkout. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { workbenchMissing } from '../e2e/support/installed';
import { load } from './load';

type Level = { readonly ready: true } | { readonly ready: false; readonly reason: string; readonly command: string };
interface Setup {
  setup(level: string): Promise<Level>;
}

const root = process.cwd();
/** What fetches or unpacks anything takes seconds. */
const INSTANT_MS = 1000;
/** The fastest of three: a busy machine may delay one, a set-up that does something delays all. */
async function bestTime(level: string): Promise<number> {
  const { setup } = await load<Setup>('scripts/setup.mjs');
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    assert.deepEqual(await setup(level), { ready: true });
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

for (const [level, skip] of [
  ['dependencies', false],
  ['workbench', workbenchMissing()],
] as const) {
  test(`a ready level is answered at once and nothing is touched: ${level}`, { skip }, async () => {
    const modules = statSync(join(root, 'node_modules')).mtimeMs;
    const time = await bestTime(level);
    assert.ok(time < INSTANT_MS, `${time.toFixed(0)} ms`);
    assert.equal(statSync(join(root, 'node_modules')).mtimeMs, modules);
  });
}

const runSetup = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, ['scripts/setup.mjs', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });

test('an unknown level is a usage error that names the levels', () => {
  const { status, stderr, stdout } = runSetup(['everything']);
  assert.equal(status, 2);
  assert.match(stderr, /^No such level: everything\. There are: dependencies, editor, workbench, parity\.\n$/);
  assert.equal(stdout, '');
});

test('a browser that is not there is named with the remedy', () => {
  const { status, stderr } = runSetup(['workbench'], { CHROMIUM: join(root, 'no-such-browser') });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^workbench: not there, CHROMIUM names .*no-such-browser, which does not exist\. Brings it: unset CHROMIUM\n$/m,
  );
});
