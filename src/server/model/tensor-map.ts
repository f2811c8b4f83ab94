/** A named weight: shape and float32 values, row-major, in the layout of Hugging Face's BERT (`[out, in]` for dense layers). */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by Hugging Face name, `bert.` prefix always present on the encoder's (`bert.encoder.layer.0.…`, `classifier.weight`). */
export type Weights = Map<string, Weight>;
