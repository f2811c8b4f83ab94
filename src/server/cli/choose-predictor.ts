import type { Engine } from '../engine/engine';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { JUDGED_TEXTS, type Verdict, isFaithful, textsToJudge } from '../inference/faithful';
import { judgeInt8 } from '../inference/judge-int8';
import type { Predictor, TextInput } from '../inference/prediction';
import { type ClassifierModel, createPredictor } from '../inference/predictor';
import { readVerdict, writeVerdict } from '../runs/verdict-cache';

/** What a model may compute in; `auto` is int8 where that gives nearly the same answers. */
export const DTYPES = ['auto', 'float32', 'int8'] as const;

/**
 * A predictor in the precision that is asked for. `auto` looks up what is known of the model on this kind of processor; where nothing is, and there are
 * texts enough, both precisions answer some of them, and what comes of it is kept. What is chosen, and why, is said in the log.
 * @param folder where the model's weights lie
 * @param inputs the texts of the data, as far as they are known before
 */
export async function choosePredictor(
  engine: Engine,
  model: ClassifierModel,
  folder: string,
  dtype: (typeof DTYPES)[number],
  inputs: readonly TextInput[],
  log: Log,
): Promise<Predictor> {
  if (dtype === 'int8' && engine.device !== 'cpu')
    throw new RowlightError('unsupported', `--dtype int8 is for the CPU, and ${engine.device} computes; leave it out`);
  if (dtype !== 'auto') return createPredictor(engine, model, dtype);
  if (engine.device !== 'cpu' || engine.name !== 'onnx') return createPredictor(engine, model);
  const known = await readVerdict({ folder, temperature: model.temperature });
  if (known !== undefined) {
    log.info(explain(known));
    return createPredictor(engine, model, isFaithful(known) ? 'int8' : 'float32');
  }
  const texts = textsToJudge(inputs);
  if (texts.length < JUDGED_TEXTS) return createPredictor(engine, model);
  const [float32, int8] = [await createPredictor(engine, model), await createPredictor(engine, model, 'int8')];
  const verdict = await judgeInt8(float32, int8, texts, () => performance.now());
  log.info(explain(verdict));
  // Without a place for it the verdict is found again next time.
  const judged = { folder, temperature: model.temperature };
  await writeVerdict(judged, verdict).catch((error: unknown) => log.debug(String(error)));
  const [chosen, other] = isFaithful(verdict) ? [int8, float32] : [float32, int8];
  await other.dispose();
  return chosen;
}

function explain(verdict: Verdict): string {
  const { texts, agreement, moved, speed } = verdict;
  const found = `int8 gives ${(100 * agreement).toFixed(1)} % of ${texts} texts the same label, moves probabilities by ${moved.toFixed(3)} and is ${speed.toFixed(1)} × as fast`;
  return isFaithful(verdict)
    ? `Computing in int8: ${found} (--dtype float32 for exact numbers).`
    : `Computing in float32: ${found}.`;
}
