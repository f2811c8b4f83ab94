/** The perplexity of a cross-entropy in nats: null where either is no number. */
export function perplexity(loss: number | null | undefined): number | null {
  const value = Math.exp(loss ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}

/** `12.34`, `1,234`, a dash for what is none. */
export function perplexityText(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  return value < 100 ? value.toFixed(2) : Math.round(value).toLocaleString('en-US');
}
