/** Gradients are clipped to this global norm, as in BERT's optimization.py. */
const MAXIMUM_NORM = 1;

/** What all gradients are multiplied with, by their global norm: as torch's `clip_grad_norm_`, whose 1e-6 it adds, too. */
export function clippingScale(gradientNorm: number): number {
  return Math.min(1, MAXIMUM_NORM / (gradientNorm + 1e-6));
}
