import type { Engine, Precision } from '../engine/engine';
import { RowlightError } from '../errors';
import type { BertConfig } from '../model/config';
import { type PaddedBatch, batchTensors, compileLogits } from '../model/logits';
import { constantParameters, disposeParameters } from '../model/parameters';
import type { Weights } from '../model/tensor-map';
import type { Encoding, Tokenizer } from '../tokenizer/encoding';
import { computeRows, paddingWorth } from './batching';
import type { Prediction, Predictor } from './prediction';
import { setOf } from './set-prediction';
import { argmax, atTemperature, eachAtTemperature, sigmoid, softmax } from './probabilities';

/** A classifier to predict with. */
export interface ClassifierModel {
  readonly config: BertConfig;
  /** Complete weights, classifier included. */
  readonly weights: Weights;
  readonly labels: readonly string[];
  readonly tokenizer: Tokenizer;
  /** Length limit in tokens, special ones included. */
  readonly maxLength: number;
  /** What its logits are divided by (`training/calibration.ts`); 1 where it is absent. */
  readonly temperature?: number;
  /** Of a model of several labels a text: what stands between them in a cell. */
  readonly delimiter?: string;
}

/** Compiles a classifier for prediction. The weights are copied into the graph; the caller may drop them. */
export async function createPredictor(
  engine: Engine,
  model: ClassifierModel,
  precision: Precision = 'float32',
): Promise<Predictor> {
  const { config, labels, tokenizer, maxLength, temperature = 1, delimiter } = model;
  const parameters = constantParameters(model.weights);
  const compiled = await compileLogits(engine, config, parameters, 'frozen', precision);
  disposeParameters(parameters);

  return {
    labels,
    maxLength,
    async predict(inputs, { signal, onBatch } = {}) {
      // Equal texts are computed once.
      const groups = new Map<string, number[]>();
      inputs.forEach(({ text, textB }, index) => {
        const key = textB === undefined ? text : `${text}\0${textB}`;
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [index]);
        else group.push(index);
      });
      const members = [...groups.values()];
      const encodings = members.map(([first]) => {
        const { text, textB } = inputs[first!]!;
        return tokenizer.encode(text, textB, maxLength);
      });
      const predictions = new Array<Prediction>(inputs.length);
      let done = 0;
      const forward = async (batch: PaddedBatch): Promise<Float32Array> => {
        if (signal?.aborted) throw new RowlightError('cancelled', 'Prediction was cancelled.');
        return (await compiled.run(batchTensors(batch))).logits!.data as Float32Array;
      };
      for await (const rows of computeRows(
        encodings,
        tokenizer.padId,
        forward,
        delimiter === undefined ? softmax : sigmoid,
        paddingWorth(engine.device),
      )) {
        const indices: number[] = [];
        for (const { row, probabilities } of rows) {
          const prediction =
            delimiter === undefined
              ? toPrediction(atTemperature(probabilities, temperature), labels, encodings[row]!)
              : toSet(eachAtTemperature(probabilities, temperature), labels, delimiter, encodings[row]!);
          for (const index of members[row]!) predictions[index] = prediction;
          indices.push(...members[row]!);
        }
        done += indices.length;
        onBatch?.(indices, done, predictions);
      }
      return predictions;
    },
    ...(compiled.onDevice === undefined ? {} : { onDevice: compiled.onDevice }),
    dispose: () => compiled.dispose(),
  };
}

function toPrediction(given: Float64Array, labels: readonly string[], encoding: Encoding): Prediction {
  const probabilities = [...given];
  // One logit that is no number leaves no probability that is one.
  const best = probabilities.every(Number.isFinite) ? argmax(probabilities) : -1;
  return {
    label: labels[best] ?? '',
    probability: probabilities[best] ?? Number.NaN,
    probabilities,
    truncated: encoding.truncated,
    tokens: encoding.ids.length,
  };
}

function toSet(given: Float64Array, labels: readonly string[], delimiter: string, encoding: Encoding): Prediction {
  const probabilities = [...given];
  const answered = probabilities.every(Number.isFinite);
  const { label, given: own, probability } = setOf(probabilities, labels, { delimiter });
  return {
    label: answered ? label : '',
    probability: answered ? probability : Number.NaN,
    probabilities,
    ...(answered ? { labels: own } : {}),
    truncated: encoding.truncated,
    tokens: encoding.ids.length,
  };
}
