import { constantParameters, disposeParameters } from '../model/parameters';
import type { BertConfig } from '../model/config';
import { batchTensors, logitsOf, padBatch } from '../model/logits';
import type { TextTensors } from '../model/text-graph';
import { fillFresh } from '../model/weights';
import { truthTensors } from '../training/gradients';
import { CROSS_ENTROPY } from '../training/losses/loss';
import { createRandom } from '../training/random';
import { lossAndGradients, lossGraph } from '../training/step';
import type { GraphSpec, HostTensor } from './engine';
import type { OnnxBackend } from './onnx/backend';
import { recordingBackend } from './onnx/recorder';
import { trace } from './onnx/trace';
import { writePlain } from './onnx/write';

/** A graph to try a device with, what to feed it with, and the tokens that a run works on. */
export interface TrialGraph {
  readonly what: 'step' | 'inference';
  readonly tokens: number;
  readonly model: Uint8Array;
  /** The same graph in float16; of the small inference batch only, since whether a device has float16 shows there. */
  readonly float16?: Uint8Array;
  readonly feeds: Readonly<Record<string, HostTensor>>;
}

const LABELS = 8;

const CONFIG = {
  activation: 'gelu',
  vocabSize: 500,
  layers: 2,
  heads: 4,
  maxPositions: 128,
  typeVocabSize: 2,
  layerNormEps: 1e-12,
  hiddenDropout: 0,
  attentionDropout: 0,
  classifierDropout: 0,
  // Ten times BERT's, so that the logits of a model without training differ enough to be compared.
  initializerRange: 0.2,
  padTokenId: 0,
  head: 'pooled',
  architectures: [],
} as const;

/** Hidden size, texts and tokens of the trials: one that even a slow device passes in no time, and one that shows what a GPU is good for. */
const SIZES = [
  { H: 64, B: 2, T: 16 },
  { H: 256, B: 16, T: 128 },
] as const;

/**
 * A training step (forward, backward, the gradients' norm) and an inference batch of a small BERT, in two sizes; both with weights inside, as they lie in
 * a device's memory. The outputs are few: loss, norm and logits.
 */
export function trialGraphs(): TrialGraph[] {
  const backend = recordingBackend();
  return SIZES.flatMap(({ H, B, T }, size) => {
    const config: BertConfig = { ...CONFIG, hiddenSize: H, intermediateSize: 4 * H };
    const random = createRandom(1, 0);
    const parameters = constantParameters(fillFresh(new Map(), config, LABELS, () => random.float()));
    const encodings = Array.from({ length: B }, (_, row) => ({
      ids: Int32Array.from({ length: T - (row % 4) }, () => 1 + random.below(config.vocabSize - 1)),
      typeIds: new Int32Array(T - (row % 4)),
    }));
    const batch = {
      ...padBatch(encodings, T, config.padTokenId),
      labels: Int32Array.from({ length: B }, () => random.below(LABELS)),
      weights: new Float32Array(B).fill(1),
    };
    const texts = batchTensors(batch);
    const { inputs, loss } = lossGraph(config, CROSS_ENTROPY, B, T);
    const step: Fn = (tensors) => {
      const made = lossAndGradients(() => loss(parameters, tensors), [...parameters], [], true).outputs;
      return { loss: made.loss!, norm: made['squared-norm']! };
    };
    const inference: Fn = (tensors) => logitsOf(config, parameters, tensors as unknown as TextTensors);
    const { ids, mask, typeIds } = inputs as Required<typeof inputs>;
    const read = { ids: ids!, mask: mask!, typeIds: typeIds! };
    const graphs: TrialGraph[] = [
      {
        what: 'step',
        tokens: B * T,
        model: recorded(backend, inputs, step),
        feeds: { ...texts, ...truthTensors(batch) },
      },
      {
        what: 'inference',
        tokens: B * T,
        model: recorded(backend, read, inference),
        ...(size === 0 ? { float16: recorded(backend, read, inference, 'float16') } : {}),
        feeds: texts,
      },
    ];
    disposeParameters(parameters);
    return graphs;
  });
}

type Fn = GraphSpec['fn'];

function recorded(
  backend: OnnxBackend,
  inputs: GraphSpec['inputs'],
  fn: Fn,
  precision: 'float32' | 'float16' = 'float32',
): Uint8Array {
  return writePlain(trace(backend, { inputs, fn }), precision);
}
