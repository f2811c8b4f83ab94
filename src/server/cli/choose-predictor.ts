import type { FasterDtype } from '../../protocol/status';
import type { Engine } from '../engine/engine';
import { type DtypeChoice, fasterDtype, requireDtype } from '../engine/faster-dtype';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { JUDGED_TEXTS, type Verdict, isFaithful, textsToJudge } from '../inference/faithful';
import { judgePrecision } from '../inference/judge-precision';
import type { Predictor, TextInput } from '../inference/prediction';
import { type ClassifierModel, createPredictor } from '../inference/predictor';
import { type JudgedModel, readVerdict, writeVerdict } from '../runs/verdict-cache';

/**
 * A predictor in the precision that is asked for. `auto` looks up what is known of the model on this kind of processor or GPU; where nothing is, and there
 * are texts enough, both precisions answer some of them, and what comes of it is kept. What is chosen, and why, is said in the log.
 * @param folder where the model's weights lie
 * @param inputs the texts of the data, as far as they are known before
 */
export async function choosePredictor(
  engine: Engine,
  model: ClassifierModel,
  folder: string,
  dtype: DtypeChoice,
  inputs: readonly TextInput[],
  log: Log,
): Promise<Predictor> {
  const few = fasterDtype(engine);
  if (dtype !== 'auto') {
    requireDtype(dtype, engine.name, engine.device, few);
    return createPredictor(engine, model, dtype);
  }
  if (few === undefined) return createPredictor(engine, model);
  const judged: JudgedModel = { folder, temperature: model.temperature, on: engine };
  const known = await readVerdict(judged);
  if (known !== undefined) {
    log.info(explain(known, few));
    return createPredictor(engine, model, isFaithful(known) ? few : 'float32');
  }
  const texts = textsToJudge(inputs);
  if (texts.length < JUDGED_TEXTS) return createPredictor(engine, model);
  const [float32, rounded] = [await createPredictor(engine, model), await createPredictor(engine, model, few)];
  try {
    const verdict = await judgePrecision(float32, rounded, texts, () => performance.now());
    log.info(explain(verdict, few));
    // Without a place for it the verdict is found again next time.
    await writeVerdict(judged, verdict).catch((error: unknown) => log.debug(String(error)));
    const [chosen, other] = isFaithful(verdict) ? [rounded, float32] : [float32, rounded];
    await other.dispose();
    return chosen;
  } catch (error) {
    // The device was lost: nothing is known, and nothing is kept.
    if (!RowlightError.is(error, 'unsupported')) throw error;
    log.info(`Computing in float32: ${few} was not compared with it, since ${error.message}.`);
    await rounded.dispose();
    return float32;
  }
}

function explain(verdict: Verdict, few: FasterDtype): string {
  const { texts, agreement, moved, speed } = verdict;
  const found = `${few} gives ${(100 * agreement).toFixed(1)} % of ${texts} texts the same label, moves probabilities by ${moved.toFixed(3)} and is ${speed.toFixed(1)} × as fast`;
  return isFaithful(verdict)
    ? `Computing in ${few}: ${found} (--dtype float32 for exact numbers).`
    : `Computing in float32: ${found}.`;
}
