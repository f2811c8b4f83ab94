import { RowlightError } from '../errors';
import type { BertConfig } from '../model/config';
import { addsUp, fewestParts } from '../training/parts';
import { firstTrainedLayer } from '../training/scope';
import { activationBytes } from '../training/stepper';
import type { FineTuneRequest } from './fine-tune';

/** The batches of a run, before they are planned. */
interface Batches {
  readonly batchSize: number;
  readonly maxLength: number;
  /** The texts as ids, which take a while to make and are asked for only where their length matters. */
  readonly texts: () => readonly { readonly ids: Int32Array }[];
}

/**
 * In how many parts the batches of a run go through the model: as asked for, else as few as fit the budget. It is decided once, since sums in
 * other parts are rounded otherwise, and a run shall repeat bit for bit. Throws a `RowlightError` of reason `bad-argument` where parts don't add up.
 */
export function chooseParts(
  { accumulate, objective, scope }: Pick<FineTuneRequest, 'accumulate' | 'objective' | 'scope'>,
  config: BertConfig,
  { batchSize, maxLength, texts }: Batches,
  budget: number,
): number {
  const refuse = (text: string): never => {
    throw new RowlightError('bad-argument', `--accumulate ${accumulate}: ${text}`);
  };
  if (accumulate !== undefined) {
    if (accumulate > batchSize) refuse(`a batch has ${batchSize} rows only`);
    if (accumulate > 1 && !addsUp(objective.loss))
      refuse('soft-f1 is made of sums over a whole batch, which parts do not have');
    return accumulate;
  }
  const trained = { ...config, layers: config.layers - (firstTrainedLayer(scope, config.layers) ?? 0) };
  const partsAt = (T: number) => fewestParts((rows) => activationBytes(trained, rows, T), batchSize, budget);
  if (!addsUp(objective.loss) || partsAt(maxLength) === 1) return 1;
  return partsAt(texts().reduce((longest, { ids }) => Math.max(longest, ids.length), 0));
}
