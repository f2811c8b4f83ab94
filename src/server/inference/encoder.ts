import type { Engine } from '../engine/engine';
import { batchTensors, padBatch } from '../model/logits';
import { constantParameters, disposeParameters } from '../model/parameters';
import { type Pooling, vectorWidth } from '../model/pooling';
import { compileSentenceVectors, givesRows } from '../model/sentence-vectors';
import { TOKEN_BUDGET, paddingWorth, planBatches } from './batching';
import type { TextInput } from './prediction';
import type { ClassifierModel } from './predictor';

/** What is encoded with: a base model, with a classifier or without. */
export type EncoderModel = Pick<ClassifierModel, 'config' | 'weights' | 'tokenizer' | 'maxLength'>;

/** What a model makes of one text. */
export interface TextVector {
  /** `width` numbers; without pooling so many for each token, one after the other. In memory of its own. */
  readonly vector: Float32Array;
  /** Tokens that the model read, special ones included. */
  readonly tokens: number;
  /** Whether the text was cut to the length limit. */
  readonly truncated: boolean;
}

/** Turns texts into vectors. */
export interface Encoder {
  /** Numbers of one vector. */
  readonly width: number;
  /** Length limit in tokens, special ones included. */
  readonly maxLength: number;
  /** The vector of each input; `onBatch` gets them as they come (indices into `inputs` and into the vectors so far). */
  encode(
    inputs: readonly TextInput[],
    onBatch?: (indices: readonly number[], vectors: readonly TextVector[]) => void,
  ): Promise<TextVector[]>;
  /** Frees the model. */
  dispose(): Promise<void>;
}

/**
 * Compiles a model to encode with. The weights are copied into the graph; the caller may drop them. Rejects with reason `bad-argument` where the
 * model has no such layer.
 */
export async function createEncoder(engine: Engine, model: EncoderModel, pooling: Pooling): Promise<Encoder> {
  const { config, tokenizer, maxLength } = model;
  const parameters = constantParameters(model.weights);
  const compiled = await compileSentenceVectors(engine, config, parameters, pooling).finally(() =>
    disposeParameters(parameters),
  );
  const width = vectorWidth(config, pooling);
  return {
    width,
    maxLength,
    async encode(inputs, onBatch) {
      const encodings = inputs.map(({ text, textB }) => tokenizer.encode(text, textB, maxLength));
      const answers = new Array<TextVector>(inputs.length);
      const lengths = encodings.map(({ ids }) => ids.length);
      for (const { rows, length } of planBatches(lengths, TOKEN_BUDGET, paddingWorth(engine.device))) {
        const encoded = rows.map((row) => encodings[row]!);
        const { vectors } = await compiled.run(batchTensors(padBatch(encoded, length, tokenizer.padId)));
        const values = vectors!.data as Float32Array;
        for (const [at, row] of rows.entries()) {
          const tokens = lengths[row]!;
          const [from, to] = givesRows(pooling.strategy)
            ? [at * length + (pooling.strategy === 'sep' ? tokens - 1 : 0), at * length + tokens]
            : [at, at + 1];
          const vector = values.slice(from * width, to * width);
          answers[row] = { vector, tokens, truncated: encodings[row]!.truncated };
        }
        onBatch?.(rows, answers);
      }
      return answers;
    },
    dispose: () => compiled.dispose(),
  };
}

/** Divides every `width` numbers by their length, in place; what is all 0 stays so. */
export function normalise(vector: Float32Array, width: number): Float32Array {
  for (let from = 0; from < vector.length; from += width) {
    const part = vector.subarray(from, from + width);
    const length = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let i = 0; i < width; i++) part[i] = part[i]! / length;
  }
  return vector;
}
