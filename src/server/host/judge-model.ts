import { totalmem } from 'node:os';
import type { Engine } from '../engine/engine';
import { fasterDtype } from '../engine/faster-dtype';
import { RowlightError } from '../errors';
import { judgePrecision } from '../inference/judge-precision';
import type { TextInput } from '../inference/prediction';
import { createPredictor } from '../inference/predictor';
import { loadClassifier } from '../runs/load-classifier';
import { writeVerdict } from '../runs/verdict-cache';
import type { JudgedDtype } from './messages';

/** Of the machine's memory, or the GPU's, at most this share is taken to find out; both precisions and what they are made from are four times the weights. */
const SHARE = 0.25;

/**
 * Finds out whether a model's int8, or float16 on a GPU, may take float32's place on this machine, and keeps the verdict. Rejects with reason
 * `unsupported` where that is no question: what computes has nothing faster, or the model is too large for the machine.
 */
export async function judgeModel(engine: Engine, folder: string, texts: readonly TextInput[]): Promise<JudgedDtype> {
  const dtype = fasterDtype(engine);
  if (dtype === undefined)
    throw new RowlightError('unsupported', `${engine.name} on ${engine.device} has nothing faster than float32 here`);
  const { model } = await loadClassifier(folder);
  const bytes = [...model.weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  if (4 * bytes > SHARE * Math.min(totalmem(), engine.deviceBytes ?? Infinity))
    throw new RowlightError(
      'unsupported',
      `${folder}: too large for this machine to compare ${dtype} with float32 beside all else`,
    );
  const float32 = await createPredictor(engine, model);
  const rounded = await createPredictor(engine, model, dtype);
  try {
    const verdict = await judgePrecision(float32, rounded, texts, () => performance.now());
    await writeVerdict({ folder, temperature: model.temperature, on: engine }, verdict);
    return { dtype, verdict };
  } finally {
    await float32.dispose();
    await rounded.dispose();
  }
}
