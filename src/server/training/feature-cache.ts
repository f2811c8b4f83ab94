import { type Encoded, type PaddedBatch, padBatch } from '../model/logits';

/** The features of texts: what the part of a model that is not trained makes of them. */
export interface FeatureCache {
  /** `[B, T, H]` of a batch, T being 1 where there is one vector a text; rows of padding are 0. */
  of(batch: PaddedBatch): Promise<Float32Array>;
}

/** What features look like. */
export interface FeatureShape {
  /** H */
  readonly width: number;
  /** Whether there is one vector a text, or one a token. */
  readonly perText: boolean;
  /** Id of `[PAD]`. */
  readonly padId: number;
}

/**
 * Computes the features of a text at its first use and keeps them.
 * @param budget bytes that are kept; beyond them features are computed again each time
 * @param compute `[B, T, H]` of a batch
 */
export function createFeatureCache(
  { width, perText, padId }: FeatureShape,
  budget: number,
  compute: (batch: PaddedBatch) => Promise<Float32Array>,
): FeatureCache {
  const known = new WeakMap<Encoded, Float32Array>();
  let kept = 0;
  return {
    async of(batch) {
      const missing = [...new Set(batch.encodings.filter((text) => !known.has(text)))];
      const fresh = new Map<Encoded, Float32Array>();
      for (const text of missing) {
        // One by one and without padding: in company, the last bits of a text's features would depend on the company, and a resumed run,
        // which meets its texts in other batches, would not be the unbroken one. On a processor that costs next to nothing.
        const features = await compute(padBatch([text], text.ids.length, padId));
        if (kept + features.byteLength <= budget) {
          known.set(text, features);
          kept += features.byteLength;
        } else fresh.set(text, features);
      }
      const stride = (perText ? 1 : batch.T) * width;
      const out = new Float32Array(batch.B * stride);
      for (let row = 0; row < batch.B; row++) {
        const text = batch.encodings[row] ?? batch.encodings[0]!;
        out.set((known.get(text) ?? fresh.get(text))!, row * stride);
      }
      return out;
    },
  };
}
