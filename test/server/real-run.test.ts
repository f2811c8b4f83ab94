import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CancelRun, ListRuns, PlanRun, StartRun, type RunProgress } from '../../src/protocol/messages';
import { until } from '../support/until';
import { ServerProcess } from './support/server-process';

const root = process.cwd();
const bundle = join(root, 'dist/server.cjs');
const sample = join(root, 'samples/police-desk/train.tsv');
const missing = [bundle, join(root, 'dist/cli.cjs'), sample, join(root, 'models/zh-mini')].filter(
  (path) => !existsSync(path),
);
const skip = missing.length > 0 && `not there: ${missing.join(', ')}; run npm run build`;

test('a real run goes on when its server is killed; the next server finds it, and cancels it', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rowlight-run-'));
  const path = join(folder, 'train.tsv');
  copyFileSync(sample, path);
  const uri = pathToFileURL(path).href;
  const servers: ServerProcess[] = [];
  /** The trainer while it may live. */
  const trainers: number[] = [];
  t.after(() => {
    for (const server of servers) server.kill();
    for (const pid of trainers) killIfAlive(pid);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const open = async (): Promise<ServerProcess> => {
    const server = new ServerProcess(bundle);
    servers.push(server);
    await server.initialize(folder);
    await server.open(uri, readFileSync(path, 'utf8'));
    return server;
  };
  /** Looks at the runs until one is as wanted. */
  const runWhen = async (server: ServerProcess, wanted: (run: RunProgress) => boolean): Promise<RunProgress> => {
    const runs = await until('the run', () => server.request(ListRuns, null), (seen) => seen.some(wanted)); // prettier-ignore
    return runs.find(wanted)!;
  };

  const first = await open();
  const plan = await first.request(PlanRun, { uri });
  const few = { epochs: 50, learningRate: 5e-4, maxLength: 16, batchSize: 8 };
  await first.request(StartRun, { uri, plan, arguments: few });
  const running = await runWhen(first, ({ run, loss }) => run.state === 'running' && loss !== undefined);
  const { pid } = running.run;
  assert.ok(pid !== undefined);
  trainers.push(pid);
  if (process.platform !== 'win32') assert.ok(getPriority(pid) >= constants.priority.PRIORITY_BELOW_NORMAL);
  first.kill();

  const second = await open();
  const found = await runWhen(second, ({ run }) => run.state === 'running');
  assert.equal(found.run.folder, running.run.folder);
  await second.request(CancelRun, { folder: found.run.folder });
  await runWhen(second, ({ run }) => run.state === 'cancelled');
  trainers.length = 0;
  assert.equal(await second.stop(), 0);
});

/** Its end may have come in the meantime. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
  }
}
