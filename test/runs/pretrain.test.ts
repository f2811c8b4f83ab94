/** Pre-training runs: what is on the disk, exact resume, and a model that fine-tuning takes. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FilledText } from '../../src/protocol/runs';
import { RowlightError } from '../../src/server/errors';
import { loadModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import type { MaskedScores } from '../../src/protocol/pretraining';
import { fineTune } from '../../src/server/runs/fine-tune';
import { readMetrics } from '../../src/server/runs/metrics';
import type { PretrainingEstimate } from '../../src/server/runs/pretrain/estimate';
import { estimateRun } from '../../src/server/runs/pretrain/estimate-run';
import type { PretrainingFollower } from '../../src/server/runs/pretrain/follow';
import { reportReading } from '../../src/server/runs/pretrain/reading';
import { readPretraining } from '../../src/server/runs/pretrain/record';
import { beginPretraining, resumePretraining } from '../../src/server/runs/pretrain/run';
import { deafFollower, pretrainRequest, pretrainWorld, writeTexts } from '../support/pretrain-run';
import { temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

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
  const estimates: PretrainingEstimate[] = [];
  const hears = { ...deafFollower, estimated: (estimate: PretrainingEstimate) => void estimates.push(estimate) };
  const whole = await beginPretraining(pretrainRequest(folder, 'whole'), pretrainWorld(hears));
  // Of each of the two lengths a step, and another where the first was no slow one.
  assert.equal(estimates.length, 1);
  assert.ok(estimates[0]!.measured >= 2 && estimates[0]!.measured <= 4);
  assert.ok(estimates[0]!.seconds > 0 && estimates[0]!.peakMemory > 1e6);
  assert.equal(whole.steps, 20);
  const broken = join(folder, 'broken');
  let stops = 0;
  for (;;) {
    const controller = new AbortController();
    let left = 3;
    const follower = { ...deafFollower, stepped: () => --left === 0 && controller.abort() };
    const again = pretrainWorld(follower, controller.signal);
    try {
      const ended = await (stops === 0
        ? beginPretraining(pretrainRequest(folder, 'broken'), again)
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
  await assert.rejects(beginPretraining(pretrainRequest(folder, 'broken'), pretrainWorld(deafFollower)), (error) =>
    RowlightError.is(error, 'bad-argument'),
  );
});

test('the loss on held-out documents falls, fill-ins are shown, and the model is a base for train', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const judged: { scores: MaskedScores; filled: readonly FilledText[] }[] = [];
  const follower: PretrainingFollower = {
    ...deafFollower,
    judged: (_step, scores, filled) => void judged.push({ scores: scores!, filled }),
  };
  const settings = {
    pairs: 'none',
    average: 0,
    steps: 120,
    evaluateEvery: 40,
    phases: [{ length: 32, share: 1 }],
  } as const;
  const given = pretrainRequest(folder, 'run', { ...settings, phases: [...settings.phases] });
  const { before, scores, wholeWords } = await beginPretraining(given, pretrainWorld(follower));
  // The start is judged, too.
  assert.equal(judged.length, 4);
  assert.deepEqual(before, judged[0]!.scores);
  // New weights know nothing: ln 103 = 4.63 for the vocabulary's 103 entries. How often each stands is learnt within some steps: 3.1.
  assert.ok(Math.abs(before.loss - Math.log(103)) < 0.3, String(before.loss));
  assert.ok(judged[3]!.scores.loss < 3.7, String(judged[3]!.scores.loss));
  assert.equal(scores!.loss, Math.min(...judged.map((one) => one.scores.loss)));
  assert.ok(wholeWords > 0.8 && wholeWords <= 1);
  const { text, fillings } = judged[3]!.filled[0]!;
  assert.equal(text, '身份[MASK]丢了');
  assert.equal(fillings.length, 1);
  assert.equal(fillings[0]!.length, 3);
  const lines = await readMetrics(join(folder, 'run'));
  // The run keeps what was shown, and how many of its masked words were masked as a whole.
  assert.deepEqual(
    lines.flatMap((line) => (line.event === 'filled' ? [[line.step, line.texts]] : [])),
    judged.map((one, at) => [40 * at, one.filled]),
  );
  const masked = lines.filter((line) => line.event === 'step');
  const sum = (of: 'words' | 'whole') => masked.reduce((total, line) => total + line[of]!, 0);
  assert.equal(sum('whole') / sum('words'), wholeWords);
  const { data, corpus } = await readPretraining(join(folder, 'run'));
  assert.deepEqual(data, [join(folder, 'texts.txt')]);
  assert.equal(corpus.counts!.documents + corpus.counts!.heldOut + corpus.counts!.nearDuplicates, 60);
  const model = await loadModelFolder(nodeFiles, join(folder, 'run'));
  assert.deepEqual(model.config.architectures, ['BertForMaskedLM']);
  const tuned = await fineTune(
    { ...tinyRequest(folder), base: join(folder, 'run'), output: join(folder, 'tuned') },
    tinyWorld(),
  );
  assert.ok(tuned.scores.accuracy > 0);
});

test('a model keeps what its base recommends for fine-tuning, also over a break', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const base = join(folder, 'base');
  cpSync(pretrainRequest(folder, 'run').baseFolder, base, { recursive: true });
  const recommended = { learningRate: 3e-4, epochs: 15 };
  writeFileSync(join(base, 'rowlight.json'), JSON.stringify({ format: 1, recommended }));
  const given = { ...pretrainRequest(folder, 'run', { steps: 2 }), base, baseFolder: base };
  const stop = new AbortController();
  const follower = { ...deafFollower, stepped: () => stop.abort() };
  const stopped = beginPretraining(given, pretrainWorld(follower, stop.signal));
  await assert.rejects(stopped, (error) => RowlightError.is(error, 'cancelled'));
  await resumePretraining(join(folder, 'run'), pretrainWorld());
  const { rowlight } = await loadModelFolder(nodeFiles, join(folder, 'run'));
  assert.equal(rowlight?.step, 2);
  assert.deepEqual(rowlight.recommended, recommended);
});

test('a start that was broken off before or after its judgement is judged once', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const run = join(folder, 'run');
  const breaks = (event: 'estimated' | 'judged'): PretrainingFollower => ({
    ...deafFollower,
    [event]: () => {
      throw new Error(event);
    },
  });
  await assert.rejects(beginPretraining(pretrainRequest(folder, 'run'), pretrainWorld(breaks('estimated'))), {
    message: 'estimated',
  });
  await assert.rejects(resumePretraining(run, pretrainWorld(breaks('judged'))), { message: 'judged' });
  const { before, scores } = await resumePretraining(run, pretrainWorld(deafFollower));
  const whole = await beginPretraining(pretrainRequest(folder, 'whole'), pretrainWorld(deafFollower));
  assert.deepEqual([before, scores], [whole.before, whole.scores]);
  assert.deepEqual(await numbers(run), await numbers(whole.folder));
});

test('an estimate makes no run folder, and says what the run then is: its steps, its texts, what it fills in', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const given = pretrainRequest(folder, 'run');
  const left = Object.entries(given.settings).filter(([key]) => !['steps', 'fillIn', 'evaluateEvery'].includes(key));
  const request = { ...given, epochs: 2, settings: Object.fromEntries(left) as typeof given.settings };
  const forecast = await estimateRun(request, pretrainWorld(deafFollower));
  assert.equal(await nodeFiles.exists(join(folder, 'run')), false);
  assert.ok(forecast.seconds > 0 && forecast.peakMemory > 1e6 && forecast.measured >= 2);
  await beginPretraining(request, pretrainWorld(deafFollower));
  const { settings, corpus } = await readPretraining(join(folder, 'run'));
  assert.deepEqual([settings.steps, settings.fillIn], [forecast.steps, forecast.fillIn]);
  assert.equal(settings.evaluateEvery, Math.ceil(settings.steps / 10));
  assert.deepEqual(corpus.counts, forecast.counts);
  assert.equal(settings.fillIn.length, 3);
  const texts = await readFile(join(folder, 'texts.txt'), 'utf8');
  for (const text of settings.fillIn) {
    const [before = '', after = ''] = text.split(/(?:\[MASK\])+/);
    assert.ok(texts.includes(before) && texts.includes(after), text);
  }
});

test('a run that was broken off while its texts were read is refused in one line, and begins anew in its place', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const run = join(folder, 'run');
  mkdirSync(run);
  const about = { data: [join(folder, 'texts.txt')], base: 'x', fresh: true };
  // As a killed process leaves it: nobody removes the file.
  await reportReading(run, about, { now: () => 0 });
  await assert.rejects(
    resumePretraining(run, pretrainWorld()),
    (error) =>
      RowlightError.is(error, 'bad-argument') && /broken off while its texts were read.*anew/.test(error.message),
  );
  await beginPretraining(pretrainRequest(folder, 'run', { steps: 2 }), pretrainWorld());
  assert.equal(await nodeFiles.exists(join(run, 'reading.json')), false);
});

test('a corpus that has changed since stops a resume', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const controller = new AbortController();
  const stop = pretrainWorld({ ...deafFollower, stepped: () => controller.abort() }, controller.signal);
  await assert.rejects(beginPretraining(pretrainRequest(folder, 'run'), stop), (error) =>
    RowlightError.is(error, 'cancelled'),
  );
  const [corpus] = await nodeFiles.list(join(folder, 'corpora'));
  const manifest = join(folder, 'corpora', corpus!, 'manifest.json');
  await nodeFiles.writeAtomic(manifest, `${new TextDecoder().decode(await nodeFiles.read(manifest))} `);
  await assert.rejects(resumePretraining(join(folder, 'run'), pretrainWorld(deafFollower)), (error) =>
    RowlightError.is(error, 'bad-data'),
  );
  await assert.rejects(resumePretraining(folder, pretrainWorld(deafFollower)), (error) =>
    RowlightError.is(error, 'not-found'),
  );
});

test('a vocabulary is learnt from the texts or taken from a file, for new weights alone', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const settings = { steps: 2, pairs: 'none', average: 0 } as const;
  const learnt = { ...pretrainRequest(folder, 'learnt', settings), vocabulary: { size: 20 } };
  await beginPretraining(learnt, pretrainWorld(deafFollower));
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
  await beginPretraining(
    { ...pretrainRequest(folder, 'given', settings), vocabulary: { file } },
    pretrainWorld(deafFollower),
  );
  assert.equal((await loadModelFolder(nodeFiles, join(folder, 'given'))).config.vocabSize, 21);
  await assert.rejects(
    beginPretraining({ ...learnt, fresh: false, output: join(folder, 'no') }, pretrainWorld(deafFollower)),
    (error) => RowlightError.is(error, 'bad-argument'),
  );
});
