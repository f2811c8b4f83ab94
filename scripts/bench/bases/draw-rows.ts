import { shuffledIndices } from '../../../src/server/training/random';

/**
 * Draws rows of each label at random: the same for the same seed, in the order in which they were drawn.
 * @param labels the label of each row
 * @param most rows of a label; of a rarer one all are drawn
 * @returns numbers of rows
 */
export function drawRows(labels: readonly string[], most: number, seed: number): number[] {
  const drawn = new Map<string, number>();
  return [...shuffledIndices(labels.length, seed, 1)].filter((row) => {
    const count = (drawn.get(labels[row]!) ?? 0) + 1;
    drawn.set(labels[row]!, count);
    return count <= most;
  });
}
