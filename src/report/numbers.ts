/** `93.1%`; a share that is no number is a dash. It reads 100.0% only from 99.95 on. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined || !Number.isFinite(share) ? '–' : `${(100 * share).toFixed(1)}%`;
}

/** A difference of two shares in points: `+8.4`, `−0.7`, `±0.0`. */
export function points(difference: number): string {
  const value = Math.abs(100 * difference).toFixed(1);
  if (Number(value) === 0) return '±0.0';
  return `${difference > 0 ? '+' : '\u2212'}${value}`;
}

/** A loss in nats with four significant digits at most; a dash where it is no number. */
export function nats(loss: number | null | undefined): string {
  if (loss === null || loss === undefined || !Number.isFinite(loss)) return '–';
  return Math.abs(loss) >= 10 ? loss.toFixed(2) : loss.toFixed(3);
}

/** A learning rate: `2e-5`, `3.17e-4`, `0`. */
export function rate(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const [mantissa = '', exponent = ''] = value.toExponential(2).split('e');
  return `${Number(mantissa)}e${exponent.replace('+', '')}`;
}

/** `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** At most `most` characters, the last of them an ellipsis where some were left out. */
export function brief(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
