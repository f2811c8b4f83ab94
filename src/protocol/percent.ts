/** A probability as per cent: whole below 99.5 %, one decimal above, so that 100 % is never said of less than 99.95 %. */
export function percent(probability: number): string {
  if (Number.isNaN(probability)) return '—';
  const value = probability * 100;
  if (value >= 99.95) return '100%';
  if (value >= 99.5) return `${(Math.floor(value * 10 + 1e-9) / 10).toFixed(1)}%`;
  if (value < 0.5) return '<1%';
  return `${Math.round(value)}%`;
}
