import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { variation } from '../../src/server/cli/grid';
import { gridPoints } from '../../src/server/runs/grid/record';
import { readRun } from '../../src/server/runs/run-folder';
import { cli } from '../support/cli';
import { TINY_BASE, temporaryFolder, tinyData } from '../support/tiny-run';

const TRAINING = ['--base', TINY_BASE, '--batch-size', '8', '--threads', '1'];

interface Printed {
  grid: string;
  metric: string;
  runs: { run: string; arguments: Record<string, string>; macro_f1: number; loss: number; steps: number }[];
}

let folder: string;
let data: string;
let made: string;
let printed: Printed;

before(async (t) => {
  folder = temporaryFolder(t as TestContext);
  data = tinyData(folder);
  made = join(folder, 'grid');
  const vary = ['--vary', 'learning-rate=1e-4,3e-3', '--vary', 'epochs=1,2', '--metric', 'loss'];
  const { code, stdout, stderr } = await cli(['grid', data, ...vary, ...TRAINING, '--output', made, '--json']);
  assert.equal(code, 0, stderr);
  printed = JSON.parse(stdout) as Printed;
});

test('every combination of values is a run of its own', async () => {
  for (const [at, [rate, epochs]] of [
    [1e-4, 1],
    [1e-4, 2],
    [3e-3, 1],
    [3e-3, 2],
  ].entries()) {
    // prettier-ignore
    const { arguments: own } = await readRun(join(made, `run-${at + 1}`));
    assert.deepEqual([own['learning-rate'], own.epochs, own['batch-size'], own.metric], [rate, epochs, 8, 'loss']);
  }
});

test('the table is sorted by the metric, kept as a file, and printed', async () => {
  const losses = printed.runs.map(({ loss }) => loss);
  assert.equal(losses.length, 4);
  assert.deepEqual(losses, [...losses].sort((a, b) => a - b)); // prettier-ignore
  assert.equal(printed.runs.find(({ run }) => run.endsWith('run-4'))!.steps, 12);
  assert.deepEqual(printed.runs.find(({ run }) => run.endsWith('run-4'))!.arguments, { 'learning-rate': '3e-3', epochs: '2' }); // prettier-ignore
  const { stdout } = await cli(['grid', '--resume', made]);
  assert.equal(stdout, readFileSync(join(made, 'grid.tsv'), 'utf8'));
  const [header, first] = stdout.split('\n');
  assert.equal(header, 'learning-rate\tepochs\tmacro_f1\tloss\taccuracy\tsteps\trun');
  assert.equal(Number(first!.split('\t')[3]).toFixed(5), losses[0]!.toFixed(5));
});

test('a grid that is done is not done again', async () => {
  const checkpoint = () => statSync(join(made, 'run-1', 'checkpoints.json')).mtimeMs;
  const before = checkpoint();
  const { stdout, stderr } = await cli(['grid', '--resume', made, '--json']);
  assert.deepEqual(JSON.parse(stdout), printed, stderr);
  assert.equal(checkpoint(), before);
});

test('what cannot be varied is said before anything is trained', async () => {
  const fails = async (...args: string[]) => {
    const output = join(folder, 'none');
    const { code, stderr } = await cli(['grid', ...args, '--output', output]);
    assert.equal(code, 2, stderr);
    assert.ok(!existsSync(output));
    return stderr;
  };
  assert.match(await fails(data), /what to vary/);
  assert.match(await fails(data, '--vary', 'learning-rate'), /NAME=VALUE/);
  assert.match(
    await fails(data, '--vary', 'output=a,b'),
    /--vary output: cannot be varied; these can: recipe, base, max-length/,
  );
  assert.match(await fails(data, '--vary', 'epochs=2,none'), /--vary epochs=none: It must be a whole number/);
  assert.match(await fails(data, '--vary', 'loss=focal,best'), /--vary loss=best: Allowed choices are/);
  assert.match(await fails(data, '--vary', 'epochs=1', '--vary', 'epochs=2'), /epochs is varied already/);
});

test('what is given once holds for every run', async (t) => {
  const own = temporaryFolder(t);
  const several = join(own, 'several.tsv');
  const rows = Array.from(
    { length: 30 },
    (_, row) => `${['我', '你', '他'][row % 3]}证${'护'.repeat(row)}\t${['a', 'b', 'a|b'][row % 3]}`,
  );
  writeFileSync(several, `text\tlabels\n${rows.join('\n')}\n`);
  const given = ['--task', 'multi-label', '--label-delimiter', '|', '--label-column', 'labels', '--dev', several];
  const vary = ['--vary', 'epochs=1', '--learning-rate', '1e-3', ...TRAINING];
  const { code, stdout, stderr } = await cli([
    'grid',
    several,
    ...given,
    ...vary,
    '--output',
    join(own, 'grid'),
    '--json',
  ]);
  assert.equal(code, 0, stderr);
  const record = await readRun((JSON.parse(stdout) as Printed).runs[0]!.run);
  assert.deepEqual([record.labels, record.dev?.path, record.arguments['learning-rate']], [['a', 'b'], several, 1e-3]);
  const refused = await cli(['grid', several, '--vary', 'task=single-label,multi-label']);
  assert.match(refused.stderr, /--vary task: cannot be varied/);
});

test('a product has every combination once', () => {
  const values = fc.uniqueArray(fc.constantFrom('1', '2', '3', '4'), { minLength: 1 });
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      const vary = [`a=${a.join()}`, `b=${b.join()}`, `c=${c.join()}`].reduce<ReturnType<typeof variation>>((before, text) => variation(text, before), []); // prettier-ignore
      const points = gridPoints(vary).map((point) => [...point.values()].join(' '));
      assert.equal(points.length, a.length * b.length * c.length);
      assert.equal(new Set(points).size, points.length);
      assert.deepEqual(points[0], `${a[0]} ${b[0]} ${c[0]}`);
    }),
  );
});
