import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  CancelCrossval,
  ContinueCrossval,
  type CrossvalProgress,
  DeleteCrossval,
  ListCrossvals,
  StartCrossval,
} from '../../src/protocol/crossval';
import { ListRuns, PlanRun, StartRun } from '../../src/protocol/messages';
import { TINY_BASE, temporaryFolder, tinyData } from '../support/tiny-run';
import { until } from '../support/until';
import { ServerProcess } from './support/server-process';

const bundle = join(process.cwd(), 'dist/server.cjs');

test('a cross-validation of the editor is started, stopped, continued, judged and deleted; no run beside it', async (t) => {
  const folder = temporaryFolder(t);
  const data = tinyData(folder, 40);
  const uri = pathToFileURL(data).href;
  const server = new ServerProcess(bundle);
  let crossval: CrossvalProgress | undefined;
  t.after(async () => {
    // A process that a failed test left would write into a folder that goes.
    if (crossval?.state === 'running') await server.request(CancelCrossval, crossval).catch(() => undefined);
    server.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const when = async (wanted: (one: CrossvalProgress) => boolean): Promise<CrossvalProgress> => {
    const look = async () => (crossval = (await server.request(ListCrossvals, null))[0]);
    await until('the cross-validation', look, (one) => one !== undefined && wanted(one));
    return crossval!;
  };
  await server.initialize(folder);
  await server.open(uri, readFileSync(data, 'utf8'));
  const plan = await server.request(PlanRun, { uri, base: join(process.cwd(), TINY_BASE) });
  const few = { epochs: 8, learningRate: 1e-3, maxLength: 16, batchSize: 8 };
  const choices = { folds: 2, stratified: true };
  await server.request(StartCrossval, { uri, plan, arguments: few, choices });

  const begun = await when(({ state, runs }) => state === 'running' && (runs[0]?.run.step ?? 0) > 0);
  assert.equal(begun.folds, 2);
  assert.equal(begun.folder, plan.output);
  await assert.rejects(server.request(StartRun, { uri, plan, arguments: few }), /is under way/);
  await assert.rejects(server.request(DeleteCrossval, begun), /under way/);
  await server.request(CancelCrossval, begun);
  const stopped = await when(({ state }) => state !== 'running');
  assert.ok(['cancelled', 'interrupted'].includes(stopped.state), stopped.state);
  assert.equal(stopped.result, undefined);

  await server.request(ContinueCrossval, stopped);
  const { result, runs } = await when(({ state }) => state === 'finished');
  assert.equal(runs.length, 2);
  assert.equal(result!.rows, 40);
  assert.deepEqual(result!.scores.slice(0, 2).map(({ name }) => name), ['roc_auc', 'macro_f1']); // prettier-ignore
  for (const { all, mean, floor } of result!.scores) assert.ok(all !== null && mean !== null && floor !== null);
  assert.equal(readFileSync(result!.outOfFold, 'utf8').trimEnd().split('\n').length, 41);
  // Its folds' models are no runs that predict files by themselves.
  assert.deepEqual(await server.request(ListRuns, null), []);

  await server.request(DeleteCrossval, stopped);
  assert.ok(!existsSync(stopped.folder));
  assert.deepEqual(await server.request(ListCrossvals, null), []);
  assert.equal(await server.stop(), 0);
});
