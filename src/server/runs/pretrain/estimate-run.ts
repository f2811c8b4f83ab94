import { createPretrainingStepper } from '../../pretraining/stepper';
import { type CorpusRecord, recordCorpus } from './corpus-record';
import { type PretrainingEstimate, estimatePretraining } from './estimate';
import { type PretrainRequest, type ReadingWorld, loadBase, readCorpus, settingsOf, textsOf } from './prepare';
import { openSequences } from './sequences';

/** What a run that has not begun would be. */
export interface RunForecast extends PretrainingEstimate {
  readonly steps: number;
  readonly counts: NonNullable<CorpusRecord['counts']>;
  /** Texts that it would fill in. */
  readonly fillIn: readonly string[];
}

/**
 * Reads the corpus of a run, which stays in the cache for it, and measures steps of each length. No run folder is made. Rejects as `beginPretraining`
 * does.
 */
export async function estimateRun(
  request: PretrainRequest,
  world: Omit<ReadingWorld, 'follower'>,
): Promise<RunForecast> {
  const texts = await textsOf(request);
  const { base, weights } = await loadBase(request, texts, world);
  const corpus = await readCorpus(request, base, texts, world);
  const settings = await settingsOf(request, base, corpus, world.memoryBudget);
  const { reader, heldOut, longest, vocabulary } = openSequences({ record: { settings }, corpus, base });
  const stepper = createPretrainingStepper(world.engine, base.config, weights, {
    seed: settings.seed,
    pairs: settings.pairs !== 'none',
    memoryBudget: world.memoryBudget,
  });
  try {
    const [judged, { padId }] = [heldOut.count(longest), vocabulary];
    const estimate = await estimatePretraining(stepper, reader, padId, settings, judged, world.clock, world.signal);
    const { counts } = await recordCorpus(corpus);
    return { ...estimate, steps: settings.steps, counts, fillIn: settings.fillIn };
  } finally {
    await stepper.dispose();
  }
}
