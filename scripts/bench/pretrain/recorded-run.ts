import { join } from 'node:path';
import { EMBEDDED_MODEL } from '../../../src/server/cli/world';
import type { ModelFolder } from '../../../src/server/model/model-folder';
import { loadForPretraining } from '../../../src/server/model/pretrained-folder';
import type { Weights } from '../../../src/server/model/tensor-map';
import { nodeFiles } from '../../../src/server/node-files';
import type { MaskedScores } from '../../../src/protocol/pretraining';
import { readMetrics } from '../../../src/server/runs/metrics';
import { openCorpus } from '../../../src/server/runs/pretrain/corpus-record';
import { INITIALIZER_STREAM } from '../../../src/server/runs/pretrain/prepare';
import { type PretrainingRecord, readPretraining } from '../../../src/server/runs/pretrain/record';
import { type RunSequences, openSequences } from '../../../src/server/runs/pretrain/sequences';
import { createRandom } from '../../../src/server/training/random';

/** A pre-training run as another program can go its way. */
export interface RecordedRun {
  readonly settings: PretrainingRecord['settings'];
  /** The model that it started from. */
  readonly base: ModelFolder;
  /** The weights before its first step. */
  readonly weights: Weights;
  readonly sequences: RunSequences;
  /** The losses and judgements that it has written, by step. */
  readonly losses: ReadonlyMap<number, number>;
  readonly judgements: ReadonlyMap<number, MaskedScores>;
}

/** Reads a run without pairs, whose losses are those of masked words alone. Rejects with a `RowlightError` where one of its parts is gone or has changed. */
export async function readRun(folder: string): Promise<RecordedRun> {
  const record = await readPretraining(folder);
  const { base: name, fresh, settings } = record;
  const random = createRandom(settings.seed, INITIALIZER_STREAM);
  const from = name === EMBEDDED_MODEL ? join('models', name) : name;
  const start = { pairs: false, fresh, random: () => random.float() };
  const { folder: base, weights } = await loadForPretraining(nodeFiles, from, start);
  const [losses, judgements] = [new Map<number, number>(), new Map<number, MaskedScores>()];
  for (const line of await readMetrics(folder)) {
    if (line.event === 'step') losses.set(line.step, line.loss);
    if (line.event === 'masked') judgements.set(line.step, { accuracy: line.accuracy, loss: line.loss });
  }
  const sequences = openSequences({ record, corpus: await openCorpus(record.corpus), base });
  return { settings, base, weights, sequences, losses, judgements };
}
