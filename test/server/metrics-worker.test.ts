import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowlightError } from '../../src/server/errors';
import { workerMetrics } from '../../src/server/host/metrics-worker';
import { fineTune } from '../../src/server/runs/fine-tune';
import { judgeRun } from '../../src/server/runs/judge-run';
import { sampleMetrics } from '../support/metrics-sample';
import { temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

const worker = workerMetrics(join(process.cwd(), 'dist', 'metrics-worker.cjs'));

test('the thread of the metrics page judges as the function does, and passes on what a user can mend', async (t) => {
  const request = tinyRequest(temporaryFolder(t));
  await fineTune(request, tinyWorld());
  assert.deepEqual(await worker.judge(request.output), await judgeRun(request.output));
  await assert.rejects(worker.judge(join(request.output, 'nowhere')), (error) => RowlightError.is(error, 'not-found'));
  const { rows } = await worker.find(request.output, { index: 0 });
  assert.equal(rows.length, 1);
});

test('it writes reports', async () => {
  assert.match(await worker.report(sampleMetrics(), 'zh-cn'), /评估报告[^]*<svg/);
});
