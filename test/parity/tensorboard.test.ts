/** TensorBoard itself reads from the event files what `metrics.jsonl` says: of a whole run, a resumed one, and one whose last record was cut off. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fineTune, resume } from '../../src/server/runs/fine-tune';
import { readMetrics } from '../../src/server/runs/metrics';
import { deaf, temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

/** The Python of the environment that `npm run test:parity` sets up. */
const python = process.env.ROWLIGHT_PARITY_PYTHON;
const options = { skip: python === undefined && 'npm run test:parity brings tensorboard' };

type Scalars = Record<string, [step: number, value: number][]>;

const readByTensorBoard = (run: string): Scalars =>
  JSON.parse(execFileSync(python!, [join('scripts', 'golden', 'read_events.py'), run], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as Scalars; // prettier-ignore

/** What `metrics.jsonl` says under TensorBoard's names, in single precision. */
async function expected(run: string): Promise<Scalars> {
  const scalars: Scalars = {};
  const add = (tag: string, step: number, value: number) => (scalars[tag] ??= []).push([step, Math.fround(value)]);
  for (const line of await readMetrics(run)) {
    if (line.event === 'step') {
      add('train/loss', line.step, line.loss);
      add('train/learning_rate', line.step, line.learningRate);
      add('train/examples_per_second', line.step, line.examplesPerSecond);
    } else if (line.event === 'evaluated') {
      add('eval/accuracy', line.step, line.accuracy);
      add('eval/macro_f1', line.step, line.macroF1);
      add('eval/loss', line.step, line.loss);
    }
  }
  return scalars;
}

const eventFiles = (run: string) => readdirSync(run).filter((name) => name.startsWith('events.out.tfevents.'));

/** Stops after a step. */
function stoppingAt(step: number) {
  const controller = new AbortController();
  const follower = { ...deaf, stepped: (progress: { step: number }) => progress.step >= step && controller.abort() };
  return tinyWorld({ signal: controller.signal, follower: follower as never });
}

test('a whole run', options, async (t) => {
  const { folder } = await fineTune(tinyRequest(temporaryFolder(t)), tinyWorld());
  const own = await expected(folder);
  assert.equal(own['train/loss']?.length, 12);
  assert.equal(own['eval/accuracy']?.length, 2);
  assert.deepEqual(readByTensorBoard(folder), own);
});

test('a resumed run: a second file, and what was done over holds once', options, async (t) => {
  const request = tinyRequest(temporaryFolder(t));
  await assert.rejects(fineTune(request, stoppingAt(8)));
  const [first] = eventFiles(request.output);
  const before = readFileSync(join(request.output, first!));
  const { folder } = await resume(request.output, tinyWorld());
  assert.equal(eventFiles(folder).length, 2);
  assert.deepEqual(readFileSync(join(folder, first!)), before, 'the first file stays as it was');
  assert.deepEqual(readByTensorBoard(folder), await expected(folder));
});

test('a record that a kill cut off is passed over, and the resumed attempt is read', options, async (t) => {
  const request = tinyRequest(temporaryFolder(t));
  await assert.rejects(fineTune(request, stoppingAt(8)));
  const first = join(request.output, eventFiles(request.output)[0]!);
  // The last record of the attempt is that of step 8.
  truncateSync(first, readFileSync(first).length - 5);
  const wanted = await expected(request.output);
  for (const tag of Object.keys(wanted)) wanted[tag] = wanted[tag]!.filter(([step]) => step < 8);
  assert.deepEqual(readByTensorBoard(request.output), wanted);
  const { folder } = await resume(request.output, tinyWorld());
  const read = readByTensorBoard(folder);
  const whole = await expected(folder);
  assert.deepEqual(read['eval/accuracy'], whole['eval/accuracy']);
  assert.deepEqual(
    read['train/loss'],
    whole['train/loss']?.filter(([step]) => step !== 8),
  );
});
