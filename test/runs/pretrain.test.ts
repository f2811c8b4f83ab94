/** Pre-training runs: what is on the disk, exact resume, and a model that fine-tuning takes. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowlightError } from '../../src/server/errors';
import { loadModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import type { Filling } from '../../src/server/pretraining/fill-masks';
import type { MaskedScores } from '../../src/server/pretraining/judge';
import { fineTune } from '../../src/server/runs/fine-tune';
import { readMetrics } from '../../src/server/runs/metrics';
import type { PretrainingFollower, PretrainingWorld } from '../../src/server/runs/pretrain/follow';
import { type PretrainRequest, beginPretraining, resumePretraining } from '../../src/server/runs/pretrain/run';
import { createRandom } from '../../src/server/training/random';
import { testEngine } from '../support/model';
import { temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

const BASE = join('test', 'golden', 'pretraining', 'tiny');

/** Documents of words that repeat, so that there is something to learn. */
function writeTexts(folder: string): string {
  const random = createRandom(1, 1);
  const words = ['身份证', '丢了', '怎么办', '补办', '交通事故', '报警', '我想问', '去哪里'];
  const line = () => Array.from({ length: 6 }, () => words[random.below(words.length)]).join('');
  const path = join(folder, 'texts.txt');
  writeFileSync(path, Array.from({ length: 60 }, () => `${line()}\n${line()}\n`).join('\n'));
  return path;
}

function request(folder: string, run: string, changes: Partial<PretrainRequest['settings']> = {}): PretrainRequest {
  return {
    data: [join(folder, 'texts.txt')],
    base: BASE,
    baseFolder: BASE,
    fresh: true,
    output: join(folder, run),
    cache: join(folder, 'corpora'),
    heldOut: 0.2,
    epochs: 1,
    settings: {
      seed: 3,
      masks: { unit: 'word', share: 0.3, most: 20 },
      pairs: 'sop',
      phases: [
        { length: 16, share: 0.4 },
        { length: 32, share: 0.6 },
      ],
      batchSize: 6,
      accumulate: 2,
      steps: 20,
      learningRate: 5e-3,
      warmup: 0.1,
      schedule: 'linear',
      average: 0.9,
      evaluateEvery: 8,
      fillIn: ['身份[MASK]丢了'],
      ...changes,
    },
  };
}

const deaf: PretrainingFollower = { started() {}, stepped() {}, judged() {} };

function world(follower: PretrainingFollower, signal = new AbortController().signal) {
  const base: PretrainingWorld = {
    engine: testEngine,
    clock: { now: () => Date.now() },
    version: '0.0.0',
    memoryBudget: 1e9,
    signal,
    follower,
  };
  return { ...base, progress: () => undefined };
}

/** Numbers of a run that must not depend on breaks. */
async function numbers(run: string) {
  const lines = await readMetrics(run);
  return lines.flatMap((line) =>
    line.event === 'step' || line.event === 'masked' ? [[line.event, line.step, line.loss]] : [],
  );
}

test('a run that is stopped again and again ends as the unbroken one, bit by bit, with an average of the weights, pairs and parts', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const whole = await beginPretraining(request(folder, 'whole'), world(deaf));
  assert.equal(whole.steps, 20);
  const broken = join(folder, 'broken');
  let stops = 0;
  for (;;) {
    const controller = new AbortController();
    let left = 3;
    const follower = { ...deaf, stepped: () => --left === 0 && controller.abort() };
    const again = world(follower, controller.signal);
    try {
      const ended = await (stops === 0
        ? beginPretraining(request(folder, 'broken'), again)
        : resumePretraining(broken, again));
      assert.deepEqual(ended.scores, whole.scores);
      break;
    } catch (error) {
      assert.ok(RowlightError.is(error, 'cancelled'), String(error));
      stops++;
    }
  }
  assert.equal(stops, 6);
  assert.deepEqual(await numbers(broken), await numbers(whole.folder));
  const weights = async (run: string) => (await loadModelFolder(nodeFiles, run)).weights;
  assert.deepEqual(await weights(broken), await weights(whole.folder));
  await assert.rejects(beginPretraining(request(folder, 'broken'), world(deaf)), (error) =>
    RowlightError.is(error, 'bad-argument'),
  );
});

test('the loss on held-out documents falls, fill-ins are shown, and the model is a base for train', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const judged: { scores: MaskedScores; filled: readonly { text: string; fillings: Filling[] }[] }[] = [];
  const follower: PretrainingFollower = {
    ...deaf,
    judged: (_step, scores, filled) => void judged.push({ scores: scores!, filled }),
  };
  const settings = {
    pairs: 'none',
    average: 0,
    steps: 120,
    evaluateEvery: 40,
    phases: [{ length: 32, share: 1 }],
  } as const;
  const given = request(folder, 'run', { ...settings, phases: [...settings.phases] });
  const { scores, wholeWords } = await beginPretraining(given, world(follower));
  assert.equal(judged.length, 3);
  // New weights know nothing: ln 103 = 4.63 for the vocabulary's 103 entries. How often each stands is learnt within some steps: 3.1.
  assert.ok(judged[2]!.scores.loss < 3.7, String(judged[2]!.scores.loss));
  assert.equal(scores!.loss, Math.min(...judged.map((one) => one.scores.loss)));
  assert.ok(wholeWords > 0.8 && wholeWords <= 1);
  const { text, fillings } = judged[2]!.filled[0]!;
  assert.equal(text, '身份[MASK]丢了');
  assert.equal(fillings.length, 1);
  assert.equal(fillings[0]!.length, 3);
  const model = await loadModelFolder(nodeFiles, join(folder, 'run'));
  assert.deepEqual(model.config.architectures, ['BertForMaskedLM']);
  const tuned = await fineTune(
    { ...tinyRequest(folder), base: join(folder, 'run'), output: join(folder, 'tuned') },
    tinyWorld(),
  );
  assert.ok(tuned.scores.accuracy > 0);
});

test('a corpus that has changed since stops a resume', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const controller = new AbortController();
  const stop = world({ ...deaf, stepped: () => controller.abort() }, controller.signal);
  await assert.rejects(beginPretraining(request(folder, 'run'), stop), (error) => RowlightError.is(error, 'cancelled'));
  const [corpus] = await nodeFiles.list(join(folder, 'corpora'));
  const manifest = join(folder, 'corpora', corpus!, 'manifest.json');
  await nodeFiles.writeAtomic(manifest, `${new TextDecoder().decode(await nodeFiles.read(manifest))} `);
  await assert.rejects(resumePretraining(join(folder, 'run'), world(deaf)), (error) =>
    RowlightError.is(error, 'bad-data'),
  );
  await assert.rejects(resumePretraining(folder, world(deaf)), (error) => RowlightError.is(error, 'not-found'));
});

test('a vocabulary is learnt from the texts or taken from a file, for new weights alone', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const settings = { steps: 2, pairs: 'none', average: 0 } as const;
  const learnt = { ...request(folder, 'learnt', settings), vocabulary: { size: 20 } };
  await beginPretraining(learnt, world(deaf));
  const { config, tokenizer } = await loadModelFolder(nodeFiles, join(folder, 'learnt'));
  assert.equal(config.vocabSize, 20);
  const entries = new TextDecoder()
    .decode(tokenizer.vocabTxt as Uint8Array)
    .trim()
    .split('\n');
  // Five special tokens, then the most frequent characters of the texts.
  assert.equal(entries.length, 20);
  assert.ok(entries.includes('报') && !entries.includes('the'));
  const file = join(folder, 'vocab.txt');
  writeFileSync(file, `${[...entries, '银'].join('\n')}\n`);
  await beginPretraining({ ...request(folder, 'given', settings), vocabulary: { file } }, world(deaf));
  assert.equal((await loadModelFolder(nodeFiles, join(folder, 'given'))).config.vocabSize, 21);
  await assert.rejects(
    beginPretraining({ ...learnt, fresh: false, output: join(folder, 'no') }, world(deaf)),
    (error) => RowlightError.is(error, 'bad-argument'),
  );
});
