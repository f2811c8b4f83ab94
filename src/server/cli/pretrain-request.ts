import { join } from 'node:path';
import type { TableTexts } from '../corpus/read-documents';
import type { PretrainRequest } from '../runs/pretrain/prepare';
import { newRunId } from '../runs/run-folder';
import type { PretrainOptions } from './pretrain-options';
import { EMBEDDED_MODEL, modelPath, systemClock } from './world';

/** As the reference implementation of BERT: at most so many tokens of a sequence are predicted. */
const MOST_PREDICTIONS = 80;

/** What a run of pre-training is asked for, as the command line says it. */
export function requestOf(data: readonly string[], options: PretrainOptions): PretrainRequest {
  const base = options.base ?? EMBEDDED_MODEL;
  const { seed, pairs, batchSize, accumulate, learningRate, warmup, schedule, average } = options;
  const { steps, evaluateEvery, fillIn } = options;
  return {
    data,
    texts: tableTexts(options),
    leaveOut: options.leaveOut ?? [],
    ...(options.dictionary === undefined ? {} : { dictionary: options.dictionary }),
    base,
    baseFolder: modelPath(base),
    fresh: options.fresh,
    ...(options.vocabulary === undefined ? {} : { vocabulary: { file: options.vocabulary } }),
    ...(options.learnVocabulary === undefined ? {} : { vocabulary: { size: options.learnVocabulary } }),
    output: options.output ?? join('.rowlight', 'pretraining', newRunId(systemClock)),
    cache: options.cache,
    heldOut: options.heldOut,
    epochs: options.epochs,
    settings: {
      seed,
      masks: { unit: options.mask, share: options.maskShare, most: MOST_PREDICTIONS },
      pairs,
      phases: [...options.lengths],
      batchSize,
      learningRate,
      warmup,
      schedule,
      average,
      ...(accumulate === undefined ? {} : { accumulate }),
      ...(steps === undefined ? {} : { steps }),
      ...(evaluateEvery === undefined ? {} : { evaluateEvery }),
      ...(fillIn === undefined ? {} : { fillIn: [...fillIn] }),
    },
  };
}

function tableTexts({ textColumn, rows, labelColumn }: PretrainOptions): TableTexts {
  return {
    ...(textColumn === undefined ? {} : { textColumn }),
    ...(rows === 'all' ? {} : { rows }),
    ...(rows === 'all' || labelColumn === undefined ? {} : { labelColumn }),
  };
}
