import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { FromHost, ToHost } from '../../../src/server/host/messages';
import { endWithTests } from '../../support/children';

const bundle = join(process.cwd(), 'dist/model-host.cjs');
const folder = join(process.cwd(), 'models/police-desk');
const skip =
  (process.platform !== 'linux' && 'threads are counted in /proc') ||
  (!existsSync(bundle) && 'not built: npm run build');

/** Number of threads of a model host that has predicted, started as the server starts it. */
async function threadsOf(t: TestContext, threads: number): Promise<number> {
  const host = endWithTests(
    fork(bundle, ['--threads', String(threads), '--device', 'cpu'], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    }),
  );
  t.after(() => host.kill('SIGKILL'));
  const id = String(statSync(join(folder, 'model.safetensors')).mtimeMs);
  const inputs = [{ text: '身份证怎么办' }];
  const answered = new Promise<void>((resolve, reject) => {
    host.on('message', (message: FromHost) => {
      if (message.type === 'failed') reject(new Error(JSON.stringify(message)));
      if (message.type === 'done') resolve();
    });
    host.once('exit', (code, signal) => reject(new Error(`the model host ended: ${code ?? signal}`)));
  });
  host.send({ type: 'predict', id: 1, model: { id, folder }, priority: 'visible', inputs } satisfies ToHost);
  await answered;
  return readdirSync(`/proc/${host.pid}/task`).length;
}

test('a model host leaves the editor a core, unless a setting says otherwise', { skip }, async (t) => {
  const own = Math.max(1, availableParallelism() - 1);
  const [byDefault, two] = [await threadsOf(t, 0), await threadsOf(t, own + 2)];
  assert.equal(two - byDefault, 2);
});
