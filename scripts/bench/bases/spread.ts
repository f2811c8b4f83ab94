/** `mean ± standard deviation` with two decimals; the deviation is that of a sample (n − 1), and 0 of one figure. @param figures one at least */
export function meanAndDeviation(figures: readonly number[]): string {
  const mean = figures.reduce((sum, one) => sum + one, 0) / figures.length;
  const squares = figures.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return `${mean.toFixed(2)} ± ${Math.sqrt(squares / Math.max(1, figures.length - 1)).toFixed(2)}`;
}
