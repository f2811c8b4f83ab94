import { totalmem } from 'node:os';
import type { Engine } from '../engine/engine';
import { RowlightError } from '../errors';
import type { Verdict } from '../inference/faithful';
import { judgePrecision } from '../inference/judge-precision';
import type { TextInput } from '../inference/prediction';
import { createPredictor } from '../inference/predictor';
import { loadClassifier } from '../runs/load-classifier';
import { writeVerdict } from '../runs/verdict-cache';

/** Of the machine's memory at most this share is taken to find out; both precisions and what they are made from are four times the weights. */
const SHARE = 0.25;

/**
 * Finds out whether a model's int8 may take float32's place on this machine, and keeps the verdict. Rejects with reason `unsupported` where that is no
 * question: another device computes, or the model is too large for the machine.
 */
export async function judgeModel(engine: Engine, folder: string, texts: readonly TextInput[]): Promise<Verdict> {
  if (engine.device !== 'cpu')
    throw new RowlightError('unsupported', `int8 is for the CPU, and ${engine.device} computes`);
  const { model } = await loadClassifier(folder);
  const bytes = [...model.weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  if (4 * bytes > SHARE * totalmem())
    throw new RowlightError(
      'unsupported',
      `${folder}: too large for this machine to compare int8 with float32 beside all else`,
    );
  const float32 = await createPredictor(engine, model);
  const int8 = await createPredictor(engine, model, 'int8');
  try {
    const verdict = await judgePrecision(float32, int8, texts, () => performance.now());
    await writeVerdict({ folder, temperature: model.temperature }, verdict);
    return verdict;
  } finally {
    await float32.dispose();
    await int8.dispose();
  }
}
