/** Planning, estimating and starting the adaptation of a model, and what its labels are compared with afterwards. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  EstimateAdaptation,
  FindCounterpart,
  PlanAdaptation,
  StartAdaptation,
  StartCounterpart,
  adaptationArguments,
} from '../../../src/protocol/adapt';
import { ContinueRun } from '../../../src/protocol/run-actions';
import { nodeFiles } from '../../../src/server/node-files';
import { repeatArguments } from '../../../src/server/runs/repeat-arguments';
import { readRun } from '../../../src/server/runs/run-folder';
import { temporaryFolder } from '../../support/tiny-run';
import { openPair } from '../support/pair';
import { appendMetrics, makeRun, pointTo, started } from '../support/run-folder';

const BUNDLED = join(process.cwd(), 'models');

/** A client of a server that reads the models that come along. */
async function open(t: TestContext, root: string, trusted = true) {
  const client = await openPair(t, { folders: [root], trusted, env: { files: nodeFiles, bundledModels: BUNDLED } });
  return client;
}

const HEADER = '场景\t问题\n';
const ROWS = '户政\t身份证丢了怎么办\n\t去哪里补办身份证\n\t被人打了怎么报警\n\t\n';

test('a plan counts texts, knows test sets beside the file, and suits the model', async (t) => {
  const root = temporaryFolder(t);
  const file = join(root, 'train.tsv');
  writeFileSync(file, HEADER + ROWS);
  writeFileSync(join(root, 'dev.tsv'), `${HEADER}户政\t身份证过期了\n`);
  // Another column, another format, another name: no test sets of this file.
  writeFileSync(join(root, 'test.tsv'), 'label\ttext\nx\ty\n');
  writeFileSync(join(root, 'test.csv'), '场景,问题\n户政,一\n');
  writeFileSync(join(root, 'devices.tsv'), `${HEADER}户政\t一\n`);
  const client = await open(t, root);
  const uri = `file://${file}`;
  client.open(uri, HEADER + ROWS);
  const plan = await client.request(PlanAdaptation, { uri });
  assert.deepEqual(plan.texts, { all: 3, unlabelled: 2 });
  assert.deepEqual([plan.textColumn, plan.labelColumn, plan.baseName], ['问题', '场景', 'zh-mini']);
  assert.deepEqual(plan.testSets, [join(root, 'dev.tsv')]);
  assert.equal(dirname(plan.output), join(root, '.rowlight', 'pretraining'));
  const { unlabelled } = plan.recommended;
  assert.deepEqual([unlabelled.learningRate, unlabelled.maxLength, unlabelled.leaveOut], [3e-4, 128, plan.testSets]);
  assert.equal(existsSync(join(root, '.rowlight')), false, 'a plan writes nothing');
  client.change(uri, { text: HEADER });
  await assert.rejects(client.request(PlanAdaptation, { uri }), /train\.tsv/);
});

test('an estimate is what the command line measures; a start begins it in the folder of pre-training', async (t) => {
  const root = temporaryFolder(t);
  const file = join(root, 'train.tsv');
  writeFileSync(file, HEADER + ROWS);
  const client = await open(t, root);
  const uri = `file://${file}`;
  client.open(uri, HEADER + ROWS);
  const plan = await client.request(PlanAdaptation, { uri });
  const choices = plan.recommended.unlabelled;
  let asked: readonly string[] = [];
  client.measure = (args) => {
    asked = args;
    return Promise.resolve(
      JSON.stringify({
        total_steps: 40,
        total_seconds: 60,
        peak_memory_bytes: 4e8,
        documents: 2,
        held_out: 1,
        near_duplicates: 3,
        left_out: 0,
      }),
    );
  };
  const estimate = await client.request(EstimateAdaptation, { uri, plan, choices });
  assert.deepEqual([estimate.totalSteps, estimate.texts, estimate.nearDuplicates], [40, 2, 3]);
  // What follows is the machine's: engine and device.
  const begins = (args: readonly string[] = [], words: readonly string[]) =>
    assert.deepEqual(args.slice(0, words.length), words);
  begins(asked, [...adaptationArguments(plan, choices), '--estimate', '--json']);
  // What is prepared for it stays out of the user's repository.
  assert.ok(existsSync(join(root, '.rowlight', '.gitignore')));
  const elsewhere = { ...plan, output: join(root, 'elsewhere'), cache: join(root, 'other') };
  const { folder } = await client.request(StartAdaptation, { uri, plan: elsewhere, choices });
  assert.equal(dirname(folder), dirname(plan.output), 'a folder elsewhere is not used');
  const [trainer] = client.started;
  const where = { ...plan, output: folder };
  assert.equal(trainer?.folder, folder);
  begins(trainer.args, [...adaptationArguments(where, choices), '--json']);
  await assert.rejects(client.request(StartAdaptation, { uri, plan, choices }), /is under way/);
});

test('without trust nothing of it is done', async (t) => {
  const root = temporaryFolder(t);
  const client = await open(t, root, false);
  await assert.rejects(client.request(PlanAdaptation, { uri: `file://${join(root, 'a.tsv')}` }), /trust/i);
  await assert.rejects(client.request(FindCounterpart, { folder: root }), /trust/i);
});

test('a run from an adapted model is compared with one from the model as it was, on the same data with the same numbers', async (t) => {
  const root = temporaryFolder(t);
  const plainBase = join(BUNDLED, 'zh-mini');
  const adapted = join(root, '.rowlight', 'pretraining', 'p');
  mkdirSync(adapted, { recursive: true });
  const settings = {
    ...{ seed: 1, masks: { unit: 'word', share: 0.15, most: 80 }, pairs: 'none', phases: [{ length: 16, share: 1 }] },
    ...{ batchSize: 2, accumulate: 1, steps: 4, learningRate: 1e-3, warmup: 0.1, schedule: 'linear', average: 0 },
    ...{ evaluateEvery: 2, fillIn: [] },
  };
  const record = { format: 1, id: 'p', createdAt: '2026-11-23T16:00:00.000Z', rowlight: '0.2.0', base: 'zh-mini' };
  const corpus = { folder: root, sha256: '' };
  writeFileSync(
    join(adapted, 'pretraining.json'),
    JSON.stringify({ ...record, fresh: false, settings, data: [], corpus, attempts: [] }),
  );
  const numbers = { epochs: 3, 'learning-rate': 3e-4, 'max-length': 64, 'batch-size': 32 };
  const scores = { accuracy: 0.9, macroF1: 0.8, loss: 0.5 };
  const finished = async (id: string, base: string, given: Record<string, number> = numbers, seed = 1) => {
    const at = { attempt: 1, step: 4 };
    const folder = await makeRun(root, id, { base, arguments: given, seed }, [
      started(),
      { event: 'evaluated', ...at, ...scores },
      { event: 'checkpoint', ...at, name: 'step-4', best: true },
      { event: 'finished', ...at, time: 0 },
    ]);
    pointTo(folder, 'step-4');
    return folder;
  };
  const tuned = (folder: string) => ({ folder, scores });
  const ours = await finished('ours', adapted);
  const other = await finished('other', join(root, 'another'));
  await finished('slower', plainBase, { ...numbers, epochs: 9 });
  await finished('seeded', plainBase, numbers, 2);
  const client = await open(t, root);
  assert.deepEqual(await client.request(FindCounterpart, { folder: ours }), { plainBase: 'zh-mini' });
  assert.equal(await client.request(FindCounterpart, { folder: other }), null);
  await assert.rejects(
    client.request(StartCounterpart, { folder: other }),
    /other: is no finished run from an adapted/,
  );
  const { folder } = await client.request(StartCounterpart, { folder: ours });
  assert.equal(dirname(folder), dirname(ours));
  const [trainer] = client.started;
  const again = repeatArguments(await readRun(ours), { base: plainBase, output: folder });
  assert.deepEqual(trainer?.args.slice(0, again.length + 1), [...again, '--json']);

  trainer!.exit(0);

  // A run whose process works on after its end was told keeps others from beginning: nothing is offered until it is gone.
  const late = await makeRun(root, 'late', { base: adapted, arguments: numbers, seed: 3 }, [started()]);
  pointTo(late, 'step-4');
  await client.request(ContinueRun, { folder: late });
  const at = { attempt: 1, step: 4 };
  appendMetrics(late, { event: 'evaluated', ...at, ...scores }, { event: 'finished', ...at, time: 0 });
  await client.until(() => client.runs.some(({ run }) => run.folder === late && run.state === 'finished'));
  let answered = false;
  const asked = client.request(FindCounterpart, { folder: late }).finally(() => (answered = true));
  await client.request(FindCounterpart, { folder: other });
  assert.equal(answered, false);
  client.started.at(-1)!.exit(0);
  assert.deepEqual(await asked, { plainBase: 'zh-mini' });

  // In how many parts a batch went hangs on the memory there was.
  const plain = await finished('plain', plainBase, { ...numbers, accumulate: 2 });
  const next = await open(t, root);
  for (const one of [ours, plain]) {
    const pair = { plain: tuned(plain), adapted: tuned(ours) };
    assert.deepEqual(await next.request(FindCounterpart, { folder: one }), { plainBase: 'zh-mini', pair }, one);
  }
});
