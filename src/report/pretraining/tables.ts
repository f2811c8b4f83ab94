import type { FilledStep, PretrainingMetrics } from '../../protocol/pretraining-metrics';
import type { FilledText } from '../../protocol/runs';
import { count, nats, percent, rate } from '../numbers';
import type { Phrases } from '../phrases';
import type { TextTable } from '../tables';
import { perplexity, perplexityText } from './numbers';

/** Loss, learning rate and speed, step by step (as thinned as the pictures are). */
export function stepTable({ steps }: Pick<PretrainingMetrics, 'steps'>, say: Phrases): TextTable {
  const own = say.pretraining;
  const paired = steps.some(({ pairLoss }) => pairLoss !== undefined);
  return {
    caption: say.training,
    head: [say.step, own.trainingLoss, ...(paired ? [own.pairLoss] : []), say.learningRate, own.tokenRate],
    numeric: [0, 1, 2, 3, 4],
    rows: steps.map(({ step, loss, pairLoss, learningRate, tokensPerSecond }) => [
      count(step),
      nats(loss),
      ...(paired ? [nats(pairLoss)] : []),
      rate(learningRate),
      count(Math.round(tokensPerSecond)),
    ]),
  };
}

/** The scores at each judgement; the best is marked. */
export function judgementTable({ judgements }: Pick<PretrainingMetrics, 'judgements'>, say: Phrases): TextTable {
  const own = say.pretraining;
  return {
    caption: own.judgements,
    head: [say.step, own.maskedAccuracy, own.maskedLoss, own.perplexity, ''],
    numeric: [0, 1, 2, 3],
    rows: judgements.map(({ step, accuracy, loss, best }) => [
      count(step),
      percent(accuracy),
      nats(loss),
      perplexityText(perplexity(loss)),
      best ? say.best : '',
    ]),
  };
}

/** The texts that were filled in, in their order; each once. */
export function filledTexts(filled: readonly FilledStep[]): string[] {
  return [...new Set(filled.flatMap(({ texts }) => texts.map(({ text }) => text)))];
}

/** How one text was filled in, judgement by judgement, the last one first: the whole, and the likeliest tokens of each mask. */
export function filledTable(filled: readonly FilledStep[], text: string, say: Phrases): TextTable {
  const own = say.pretraining;
  const found = filled.flatMap(({ step, texts }) =>
    texts.filter((one) => one.text === text).map((one) => ({ step, filled: one })),
  );
  const masks = Math.max(0, ...found.map((one) => one.filled.fillings.length));
  return {
    caption: text,
    head: [say.step, own.filledText, ...Array.from({ length: masks }, (_, at) => own.mask(at + 1))],
    numeric: [0],
    rows: found
      .reverse()
      .map((one) => [
        count(one.step),
        filledIn(one.filled),
        ...Array.from({ length: masks }, (_, at) =>
          (one.filled.fillings[at] ?? [])
            .map(({ token, probability }) => `${token} ${percent(probability)}`)
            .join(' · '),
        ),
      ]),
  };
}

/** A text with the likeliest token in the place of each mask. */
export function filledIn({ text, fillings }: FilledText): string {
  let place = 0;
  return text.replaceAll('[MASK]', (mask) => fillings[place++]?.[0]?.token.replace(/^##/, '') ?? mask);
}

/** What was read of the corpus, and what of it was left out. */
export function corpusLines({ corpus }: Pick<PretrainingMetrics, 'corpus'>, say: Phrases): [string, string][] {
  const own = say.pretraining;
  const counts = corpus?.counts;
  if (!counts) return [];
  const junk = Object.entries(counts.junk).filter(([, lines]) => lines > 0);
  return [
    [own.files, count(counts.files)],
    [own.documents, count(counts.documents)],
    [own.heldOutDocuments, count(counts.heldOut)],
    [own.nearDuplicates, count(counts.nearDuplicates)],
    ...(counts.leftOut > 0 ? [[own.leftOut, count(counts.leftOut)] as [string, string]] : []),
    [own.lines, count(counts.lines)],
    ...junk.map(([reason, lines]): [string, string] => [own.junk[reason] ?? reason, count(lines)]),
    [own.characters, count(counts.characters)],
    [own.tokens, `${count(counts.tokens)} · ${own.unknown(percent(counts.unknown / Math.max(1, counts.tokens)))}`],
  ];
}
