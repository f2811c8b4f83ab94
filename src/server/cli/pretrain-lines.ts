import type { Corpus, CorpusProgress } from '../corpus/build-corpus';
import { JUNK_REASONS } from '../pretraining/clean-line';
import type { Filling } from '../pretraining/fill-masks';
import type { MaskedScores } from '../../protocol/pretraining';
import type { ReadyPretraining } from '../runs/pretrain/follow';
import type { PretrainingOutcome } from '../runs/pretrain/outcome';
import { duration } from './progress-bar';
import { percent } from './report';

/** The result as lines for people. */
export function pretrainingLines({ folder, steps, before, scores, wholeWords }: PretrainingOutcome): string[] {
  return [
    `run                  ${folder}`,
    `steps                ${steps}`,
    ...(scores === undefined
      ? []
      : [
          `masked accuracy      ${beside(before, scores, ({ accuracy }) => percent(accuracy))}`,
          `masked loss          ${beside(before, scores, ({ loss }) => loss.toFixed(4))}`,
          `perplexity           ${beside(before, scores, ({ loss }) => Math.exp(loss).toFixed(2))}`,
        ]),
    `masked as a whole    ${percent(wholeWords)} of the masked words`,
  ];
}

/** A score of the best checkpoint, and what it was before the first step. */
function beside(
  before: MaskedScores | undefined,
  scores: MaskedScores,
  text: (scores: MaskedScores) => string,
): string {
  return before === undefined ? text(scores) : `${text(scores)} (before: ${text(before)})`;
}

/** What is about to run: corpus, base and settings. */
export function describe({ folder, record, corpus, base, from }: ReadyPretraining, sequences: number): string[] {
  const { settings } = record;
  const lengths = settings.phases.map(({ length, share }) => `${length}:${share}`).join(',');
  return [
    ...corpusLines(corpus),
    `base      ${record.base}${record.fresh ? ' (its shape and vocabulary; all weights start anew)' : ''}`,
    `vocabulary ${base.config.vocabSize} entries`,
    `settings  mask ${settings.masks.unit}, pairs ${settings.pairs}, lengths ${lengths}, batch-size ${settings.batchSize}${settings.accumulate > 1 ? ` in ${settings.accumulate} parts` : ''}, learning-rate ${settings.learningRate}, seed ${settings.seed}`,
    `run       ${folder}${from === undefined ? '' : `, resumed from step ${from.step}`}: ${settings.steps} steps; an epoch has ${sequences} sequences`,
  ];
}

function corpusLines({ folder, manifest }: Corpus): string[] {
  const { counts, heldOut, shards, sources } = manifest;
  const documents = shards.reduce((sum, shard) => sum + shard.documents, 0);
  const junk = JUNK_REASONS.filter((reason) => (counts.junk[reason] ?? 0) > 0).map(
    (reason) => `${counts.junk[reason]} ${reason}`,
  );
  return [
    `corpus    ${folder}: ${sources.length} files, ${counts.tokens} tokens (${percent(counts.unknown / Math.max(1, counts.tokens))} unknown) in ${shards.length} shards`,
    `documents ${documents} to learn from, ${heldOut.documents} held out; left out: ${counts.leftOut > 0 ? `${counts.leftOut} that --leave-out names, ` : ''}${counts.nearDuplicates} near-duplicates, lines: ${junk.join(', ') || 'none'}`,
    ...(heldOut.documents === 0 ? ['          nothing is held out to judge by'] : []),
  ];
}

/** How far reading the texts has come. */
export function readingText({
  doing,
  bytes,
  totalBytes,
  documents,
  bytesPerSecond,
  secondsLeft,
}: CorpusProgress): string {
  const mega = (count: number) => (count / 1e6).toFixed(1);
  const what = {
    counting: 'counting words',
    hashing: 'looking at the files',
    reading: `reading, ${documents} documents`,
  }[doing];
  return `${what}  ${mega(bytes)}/${mega(totalBytes)} MB  ${mega(bytesPerSecond)} MB/s  ${duration(secondsLeft)} left`;
}

/** A text with its masks filled in, and what else may stand there: `今天我们去打羽毛球  (我 41% 他 20%) (们 90%)`. */
export function filledText(text: string, fillings: readonly Filling[]): string {
  let place = 0;
  const whole = text.replaceAll('[MASK]', () => fillings[place++]?.[0]?.token.replace(/^##/, '') ?? '[MASK]');
  const others = fillings.map(
    (filling) => `(${filling.map(({ token, probability }) => `${token} ${Math.round(100 * probability)}%`).join(' ')})`,
  );
  return [whole, ...others].join('  ');
}
