import type { Engine } from '../engine/engine';
import { batchTensors, padBatch } from '../model/logits';
import { constantParameters, disposeParameters } from '../model/parameters';
import { compileTextFeatures, featureWidth } from '../model/text-features';
import { planBatches, TOKEN_BUDGET } from './batching';
import type { TextInput } from './prediction';
import type { ClassifierModel } from './predictor';

/** What is encoded with: a base model, with a classifier or without. */
export type EncoderModel = Pick<ClassifierModel, 'config' | 'weights' | 'tokenizer' | 'maxLength'>;

/** Turns texts into vectors. */
export interface Encoder {
  /** Numbers of one vector. */
  readonly width: number;
  /** The vector of each input, in memory of its own. */
  encode(inputs: readonly TextInput[]): Promise<Float32Array[]>;
  /** Frees the model. */
  dispose(): Promise<void>;
}

/** Compiles a base model for features. The weights are copied into the graph; the caller may drop them. */
export async function createEncoder(engine: Engine, model: EncoderModel): Promise<Encoder> {
  const { config, tokenizer, maxLength } = model;
  const parameters = constantParameters(model.weights);
  const compiled = await compileTextFeatures(engine, config, parameters);
  disposeParameters(parameters);
  const width = featureWidth(config);
  return {
    width,
    async encode(inputs) {
      const encodings = inputs.map(({ text, textB }) => tokenizer.encode(text, textB, maxLength));
      const vectors = new Array<Float32Array>(inputs.length);
      const lengths = encodings.map(({ ids }) => ids.length);
      for (const { rows, length } of planBatches(lengths, TOKEN_BUDGET)) {
        const encoded = rows.map((row) => encodings[row]!);
        const { features } = await compiled.run(batchTensors(padBatch(encoded, length, tokenizer.padId)));
        const values = features!.data as Float32Array;
        for (const [at, row] of rows.entries()) vectors[row] = values.slice(at * width, (at + 1) * width);
      }
      return vectors;
    },
    dispose: () => compiled.dispose(),
  };
}
