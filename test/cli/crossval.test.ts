import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { readCrossval } from '../../src/server/runs/crossval/record';
import { readOutOfFold } from '../../src/server/runs/crossval/read-out-of-fold';
import type { CrossvalResult } from '../../src/server/runs/crossval/cross-validate';
import { CANCEL_FILE, readRun, textHash } from '../../src/server/runs/run-folder';
import { rocAuc } from '../../src/server/training/probability-metrics';
import { cli, result, startCli } from '../support/cli';
import { TINY_BASE, temporaryFolder, tinyRows } from '../support/tiny-run';
import { until } from '../support/until';

const TRAINING = ['--base', TINY_BASE, '--epochs', '2', '--batch-size', '8', '--learning-rate', '2e-3', '--threads', '1']; // prettier-ignore

/** A cross-validation made once for all tests that only look at it. */
let folder: string;
let data: string;
let made: string;
let printed: CrossvalResult;

before(async (t) => {
  folder = temporaryFolder(t as TestContext);
  data = join(folder, 'rows.tsv');
  writeFileSync(data, table(36));
  const tested = join(folder, 'test.csv');
  writeFileSync(tested, 'text,id\n我证护,"a,1"\n,b\n你照,c\n');
  made = join(folder, 'made');
  const args = ['--folds', '3', '--stratified', '--group', 'author', '--test', tested, '--positive', 'red'];
  const { code, stdout, stderr } = await cli(['crossval', data, ...args, '--output', made, ...TRAINING, '--json']);
  assert.equal(code, 0, stderr);
  printed = JSON.parse(stdout) as CrossvalResult;
});

/** Rows of two labels, a text twice, an author every few rows, two rows without a label. */
function table(rows: number): string {
  const lines = tinyRows(rows).map(
    ({ label, text }, row) => `${label === 'red' ? 'red' : 'other'}\t${text}\ta${row % 13}\t${row}\n`,
  );
  return `label\ttext\tauthor\tfold\n${lines.join('')}\t我没有\ta1\t-\n${lines[0]}\t你没有\ta2\t-\n`;
}

/** The lines of a TSV file as objects. */
function read(path: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const names = header!.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    assert.equal(cells.length, names.length, line);
    return Object.fromEntries(names.map((name, at) => [name, cells[at]!]));
  });
}

test('every labelled row is judged once, in file order, with the columns of the data', () => {
  const rows = read(join(made, 'out-of-fold.tsv'));
  assert.deepEqual(Object.keys(rows[0]!), ['label', 'text', 'author', 'input_fold', 'prediction', 'fold', 'probability_other', 'probability_red']); // prettier-ignore
  const labelled = read(data).filter(({ label }) => label !== '');
  assert.deepEqual(
    rows.map(({ label, text, author }) => [label, text, author]),
    labelled.map(({ label, text, author }) => [label, text, author]),
  );
  for (const row of rows) {
    const [other, red] = [Number(row.probability_other), Number(row.probability_red)];
    assert.ok(Math.abs(other + red - 1) < 1e-6);
    assert.equal(row.prediction, red > other ? 'red' : 'other');
  }
  assert.deepEqual(new Set(rows.map(({ fold }) => fold)), new Set(['1', '2', '3']));
});

test('no text and no group is in two folds, and each fold is a run that judged its own rows', async () => {
  const rows = read(join(made, 'out-of-fold.tsv'));
  for (const name of ['text', 'author']) {
    const folds = new Map<string, string>();
    for (const row of rows) {
      assert.equal(folds.get(row[name]!) ?? row.fold, row.fold, row[name]);
      folds.set(row[name]!, row.fold!);
    }
  }
  const { heldOut } = await readCrossval(made);
  for (const [fold, held] of heldOut.entries()) {
    const { split } = await readRun(join(made, `fold-${fold + 1}`));
    assert.deepEqual(split!.heldOut.map(({ row }) => row), held); // prettier-ignore
    assert.equal(rows.filter((row) => row.fold === String(fold + 1)).length, held.length);
  }
});

test('the scores are those of the table', () => {
  const rows = read(join(made, 'out-of-fold.tsv'));
  const area = (own: typeof rows) => rocAuc(own.map(({ label }) => label === 'red'), own.map((row) => Number(row.probability_red))); // prettier-ignore
  const { scores, floor, positive } = printed;
  assert.equal(positive, 'red');
  assert.equal(scores.roc_auc!.all, area(rows));
  const each = ['1', '2', '3'].map((fold) => area(rows.filter((row) => row.fold === fold))!);
  assert.deepEqual(scores.roc_auc!.folds, each);
  const mean = (each[0]! + each[1]! + each[2]!) / 3;
  assert.ok(Math.abs(scores.roc_auc!.mean! - mean) < 1e-12);
  const deviation = Math.sqrt(each.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 2);
  assert.ok(Math.abs(scores.roc_auc!.deviation! - deviation) < 1e-12);
  const right = rows.filter(({ label, prediction }) => label === prediction).length;
  assert.equal(scores.accuracy!.all, right / rows.length);
  const count = (label: string, prediction: string) => rows.filter((row) => row.label === label && row.prediction === prediction).length; // prettier-ignore
  const hits = count('red', 'red');
  const f1 = (2 * hits) / (2 * hits + count('red', 'other') + count('other', 'red')) || 0;
  assert.ok(Math.abs(scores.positive_f1!.all! - f1) < 1e-12);
  assert.ok(floor.roc_auc!.all! > 0.5, 'naive Bayes knows the first word');
  assert.deepEqual(JSON.parse(readFileSync(join(made, 'scores.json'), 'utf8')), printed);
});

test('the test file is predicted with the mean of the folds, and the contest has its file', () => {
  const rows = read(join(made, 'test-predictions.tsv'));
  const own = [1, 2, 3].map(
    (fold) =>
    readFileSync(join(made, `fold-${fold}`, 'test.tsv'), 'utf8').trimEnd().split('\n').map((line) => Number(line.split('\t')[3])), // prettier-ignore
  );
  const mean = (at: number) => own.reduce((sum, fold) => sum + fold[at]! / 3, 0);
  assert.ok(Math.abs(Number(rows[0]!.probability_red) - mean(0)) < 1e-8);
  assert.equal(rows[1]!.prediction, '');
  const [header, first, empty, last] = readFileSync(join(made, 'submission.csv'), 'utf8').split('\r\n');
  assert.equal(header, 'ID,Prediction');
  assert.equal(first!.slice(0, 6), '"a,1",');
  assert.ok(Math.abs(Number(first!.slice(6)) - mean(0)) < 1e-12);
  assert.equal(empty, 'b,');
  assert.ok(Math.abs(Number(last!.slice(2)) - mean(1)) < 1e-12);
});

test('the answers are found by text', async () => {
  const { labels, probabilities } = await readOutOfFold(made);
  assert.deepEqual(labels, ['other', 'red']);
  for (const row of read(join(made, 'out-of-fold.tsv')))
    assert.ok(Math.abs(probabilities.get(textHash(row.text!))![1]! - Number(row.probability_red)) < 1e-8);
});

test('one that is done is not done again, and says the same', async () => {
  const checkpoint = () => statSync(join(made, 'fold-2', 'checkpoints.json')).mtimeMs;
  const before = checkpoint();
  const { code, stdout, stderr } = await cli(['crossval', '--resume', made, '--json']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), printed);
  assert.equal(checkpoint(), before);
});

test('stopped in a fold and resumed, it ends as an unbroken one; a second writer is kept out', async (t) => {
  const own = temporaryFolder(t);
  const args = (output: string) => [
    'crossval',
    data,
    '--folds',
    '2',
    '--output',
    join(own, output),
    ...TRAINING,
    '--epochs',
    '6',
  ];
  const whole = await cli([...args('whole'), '--json']);
  assert.equal(whole.code, 0, whole.stderr);

  const child = startCli(args('broken'));
  const ended = result(child);
  const [broken, metrics] = [join(own, 'broken'), join(own, 'broken', 'fold-1', 'metrics.jsonl')];
  let over = false;
  void ended.then(() => (over = true));
  const begun = () => existsSync(metrics) && readFileSync(metrics, 'utf8').includes('"step"');
  await until('the first step', () => over || begun(), Boolean);
  const second = await cli(['crossval', '--resume', broken]);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /training in this run folder/);
  child.kill('SIGINT');
  const stopped = await ended;
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /stopped at fold-\d; go on with rowlight crossval --resume/);
  const locks = readdirSync(broken, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.lock'));
  assert.deepEqual(locks, [], 'the fold was asked to stop, not killed');

  // A request to stop that came between two processes counts for nothing.
  writeFileSync(join(broken, CANCEL_FILE), '');
  const resumed = await cli(['crossval', '--resume', broken, '--json', '--threads', '1']);
  assert.equal(resumed.code, 0, resumed.stderr);
  const bare = (text: string) => ({ ...(JSON.parse(text) as CrossvalResult), crossval: '', files: {} });
  assert.deepEqual(bare(resumed.stdout), bare(whole.stdout));
  const rows = (name: string) => readFileSync(join(own, name, 'out-of-fold.tsv'), 'utf8');
  assert.equal(rows('broken'), rows('whole'));
});

test('of a recipe, every fold runs all stages, and each stage is judged', async (t) => {
  const own = temporaryFolder(t);
  const recipe = join(own, 'two.recipe.json');
  const stages = [{ loss: 'cross-entropy' }, { loss: 'soft-f1', train: 'head', 'learning-rate': 1e-2 }];
  const write = (epochs: number) =>
    writeFileSync(recipe, JSON.stringify({ options: { 'batch-size': 8, epochs, head: 'mean' }, stages }));
  write(2);
  const output = join(own, 'cv');
  const args = ['--folds', '2', '--recipe', recipe, '--base', TINY_BASE, '--output', output, '--threads', '1'];
  const { code, stdout, stderr } = await cli(['crossval', data, ...args, '--json']);
  assert.equal(code, 0, stderr);
  const { scores, stages: each } = JSON.parse(stdout) as CrossvalResult;
  assert.equal(each!.length, 2);
  assert.deepEqual(each![1], scores);
  assert.notEqual(each![0]!.loss!.all, scores.loss!.all, 'the second stage changed something');
  assert.equal((await readRun(join(output, 'fold-1', 'stage-1'))).arguments.loss, 'cross-entropy');
  assert.equal((await readRun(join(output, 'fold-2'))).arguments.loss, 'soft-f1');

  // Folds of two recipes could not be compared.
  rmSync(join(output, 'fold-2'), { recursive: true });
  write(3);
  const changed = await cli(['crossval', '--resume', output]);
  assert.equal(changed.code, 1);
  assert.match(changed.stderr, /two\.recipe\.json: has changed since the cross-validation began/);
});

test('a fold that fails says why, and how to go on', async (t) => {
  const own = temporaryFolder(t);
  const { code, stderr } = await cli(['crossval', data, '--output', join(own, 'cv'), '--base', join(own, 'no-model')]);
  assert.equal(code, 1);
  assert.match(stderr, /fold-1 failed: .*no-model.*Go on with rowlight crossval --resume/);
});

test('what cannot be folded is said before anything is trained', async (t) => {
  const own = temporaryFolder(t);
  mkdirSync(join(own, 'data'));
  const few = join(own, 'data', 'few.tsv');
  writeFileSync(few, 'label\ttext\nred\t我\nred\t我\nblue\t你\n');
  const fails = async (...args: string[]) => {
    const { code, stderr } = await cli(['crossval', ...args, '--output', join(own, 'cv')]);
    assert.ok(code === 1 || code === 2, stderr);
    assert.ok(!existsSync(join(own, 'cv', 'crossval.json')), stderr);
    return stderr;
  };
  assert.match(await fails(few), /2 different texts, fewer than 5 folds; give at most --folds 2/);
  assert.match(await fails(data, '--group', 'nobody'), /no column "nobody" to group by; the columns are: label, text/);
  assert.match(await fails(data, '--positive', 'blue'), /--positive blue: no row has this label/);
  assert.match(
    await fails(data, '--test', few, '--id-column', 'number'),
    /--id-column number: the test file has no such/,
  );
  assert.match(await fails(few, '--folds', '2'), /know one label only/);
  assert.match(await fails(data, '--folds', '1'), /whole number of at least 2/);
});

test('a changed data file is no ground to go on', async (t) => {
  const own = temporaryFolder(t);
  const rows = join(own, 'rows.tsv');
  writeFileSync(rows, table(36));
  const cv = join(own, 'cv');
  await cli(['crossval', rows, '--output', cv, '--base', join(own, 'no-model')]);
  writeFileSync(rows, table(39));
  const { code, stderr } = await cli(['crossval', '--resume', cv]);
  assert.equal(code, 1);
  assert.match(stderr, /rows\.tsv: has changed since the cross-validation began/);
});
