import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PlanRun } from '../../src/protocol/messages';
import { FollowMetrics, WriteReport } from '../../src/protocol/metrics';
import {
  CancelPretraining,
  ContinuePretraining,
  DeletePretraining,
  ListPretraining,
  type PretrainingProgress,
  RenamePretraining,
} from '../../src/protocol/pretraining';
import { isPretraining } from '../../src/protocol/pretraining-metrics';
import { result, startCli } from '../support/cli';
import { writeTexts } from '../support/pretrain-run';
import { temporaryFolder, tinyData } from '../support/tiny-run';
import { until } from '../support/until';
import { ServerProcess } from './support/server-process';

const bundle = join(process.cwd(), 'dist/server.cjs');

test('a pre-training run of a terminal is seen, stopped, continued by the editor to its end, shown, reported, renamed, fine-tuned and deleted', async (t) => {
  const folder = temporaryFolder(t);
  const texts = writeTexts(folder);
  const runs = join(folder, '.rowlight', 'pretraining');
  const run = join(runs, 'run-1');
  const server = new ServerProcess(bundle);
  let seen: PretrainingProgress | undefined;
  t.after(async () => {
    // A process that a failed test left would write into a folder that goes.
    if (seen?.state === 'running') await server.request(CancelPretraining, seen).catch(() => undefined);
    server.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const when = async (wanted: (one: PretrainingProgress) => boolean): Promise<PretrainingProgress> => {
    const look = async () => (seen = (await server.request(ListPretraining, null)).find((one) => one.folder === run));
    await until('the run', look, (one) => one !== undefined && wanted(one));
    return seen!;
  };
  // The folder is there before the server looks, as `rowlight pretrain` without --output makes it in the workspace.
  mkdirSync(runs, { recursive: true });
  await server.initialize(folder);
  assert.deepEqual(await server.request(ListPretraining, null), []);
  const base = join('test', 'golden', 'pretraining', 'tiny');
  const sizes = ['--lengths', '16', '--batch-size', '4', '--steps', '100000', '--evaluate-every', '10'];
  const files = ['--base', base, '--output', run, '--cache', join(folder, 'corpora'), '--held-out', '0.2'];
  const child = startCli(['pretrain', texts, ...files, ...sizes, '--fill-in', '身份[MASK]丢了', '--threads', '1']);
  const ended = result(child);

  const begun = await when(({ state, step, scores }) => state === 'running' && step > 10 && scores !== undefined);
  assert.equal(begun.totalSteps, 100_000);
  assert.deepEqual(begun.data, [texts]);
  assert.ok(begun.tokensPerSecond! > 0 && begun.secondsLeft! >= 0 && begun.loss! > 0);
  await assert.rejects(server.request(DeletePretraining, begun), /under way/);
  await assert.rejects(server.request(ContinuePretraining, begun), /under way/);
  const live = await server.request(FollowMetrics, { folder: run });
  assert.ok(isPretraining(live));
  assert.equal(live.run.state, 'running');
  assert.ok(live.steps.length > 0);
  assert.equal(live.filled[0]!.texts[0]!.text, '身份[MASK]丢了');

  await server.request(CancelPretraining, begun);
  const stopped = await when(({ state }) => state !== 'running');
  assert.equal(stopped.state, 'cancelled');
  assert.equal((await ended).code, 130);
  // The rest in few steps: a run's record says how many it takes.
  const record = JSON.parse(readFileSync(join(run, 'pretraining.json'), 'utf8')) as { settings: { steps: number } };
  record.settings.steps = stopped.step + 20;
  writeFileSync(join(run, 'pretraining.json'), JSON.stringify(record));
  await server.request(ContinuePretraining, stopped);
  const finished = await when(({ state }) => state === 'finished');
  assert.equal(finished.step, stopped.step + 20);
  assert.ok(finished.scores!.loss > 0 && finished.usable);

  const metrics = await server.request(FollowMetrics, { folder: run });
  assert.ok(isPretraining(metrics));
  // One curve through stop and resume: each step once, the judgements of both attempts, every fill-in at a judgement.
  assert.equal(metrics.steps.at(-1)!.step, finished.step);
  assert.ok(metrics.steps.every(({ step }, at) => at === 0 || step > metrics.steps[at - 1]!.step));
  assert.equal(metrics.judgements[0]!.step, 0);
  assert.equal(metrics.judgements.at(-1)!.step, finished.step);
  const best = metrics.judgements.find((point) => point.best)!;
  assert.deepEqual({ accuracy: best.accuracy, loss: best.loss }, finished.scores);
  assert.ok(metrics.filled.every(({ step }) => metrics.judgements.some((point) => point.step === step)));
  assert.ok(metrics.masked.whole > 0 && metrics.masked.whole <= metrics.masked.words);
  assert.equal(metrics.corpus!.counts!.documents + metrics.corpus!.counts!.heldOut, 60);
  assert.equal(metrics.settings!.lengths, '16:1');
  const report = join(folder, 'report.html');
  await server.request(WriteReport, { folder: run, output: report });
  assert.match(readFileSync(report, 'utf8'), /Pre-training report[^]*Perplexity[^]*身份/);

  const data = tinyData(folder, 40);
  const uri = pathToFileURL(data).href;
  await server.open(uri, readFileSync(data, 'utf8'));
  const plan = await server.request(PlanRun, { uri, base: run });
  assert.equal(plan.base, run);

  await server.request(RenamePretraining, { folder: run, name: 'first try' });
  assert.equal((await when(({ name }) => name !== undefined)).name, 'first try');
  await server.request(DeletePretraining, { folder: run });
  assert.ok(!existsSync(run));
  assert.deepEqual(await server.request(ListPretraining, null), []);
  await assert.rejects(server.request(FollowMetrics, { folder: run }), /run-1/);
  assert.equal(await server.stop(), 0);
});

test('a broken run is one clear line, one that was killed while it read can be deleted, and nothing else is taken for a run', async (t) => {
  const folder = temporaryFolder(t);
  const runs = join(folder, '.rowlight', 'pretraining');
  const write = (run: string, name: string, content: string) => {
    mkdirSync(join(runs, run), { recursive: true });
    writeFileSync(join(runs, run, name), content);
  };
  write('broken', 'pretraining.json', '{"format":1,"id":7}');
  write('other', 'notes.txt', 'no run');
  write('.deleted-x', 'pretraining.json', '{}');
  const reading = { format: 1, createdAt: '2026-11-24T12:00:00.000Z', data: ['texts'], base: 'zh-mini', fresh: false, doing: 'reading', share: 0.4, secondsLeft: 3 }; // prettier-ignore
  write('read', 'reading.json', JSON.stringify(reading));
  const server = new ServerProcess(bundle);
  t.after(() => server.kill());
  await server.initialize(folder);
  const found = await server.request(ListPretraining, null);
  const byId = new Map(found.map((one) => [one.id, one]));
  assert.deepEqual([...byId.keys()].sort(), ['broken', 'read']);
  assert.equal(byId.get('broken')!.state, 'failed');
  assert.match(byId.get('broken')!.message!, /pretraining\.json/);
  assert.doesNotMatch(byId.get('broken')!.message!, /\n/);
  assert.deepEqual([byId.get('read')!.state, byId.get('read')!.usable], ['interrupted', false]);
  await assert.rejects(server.request(FollowMetrics, { folder: join(runs, 'broken') }), /pretraining\.json/);
  await assert.rejects(
    server.request(ContinuePretraining, { folder: join(runs, 'read') }),
    /broken off while its texts/,
  );
  await assert.rejects(server.request(DeletePretraining, { folder: join(runs, 'other') }), /is no run folder/);
  await assert.rejects(server.request(DeletePretraining, { folder }), /is no run of an open workspace/);
  for (const id of ['broken', 'read']) await server.request(DeletePretraining, { folder: join(runs, id) });
  assert.deepEqual(await server.request(ListPretraining, null), []);
  assert.equal(await server.stop(), 0);
});
