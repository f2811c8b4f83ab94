/** A tensor of a model file whose numbers are not read yet. */
export interface StoredTensor {
  readonly shape: readonly number[];
  /** Its numbers as float32, row-major. @throws RowlightError `bad-model` where they are damaged, `unsupported` for types that no weight has */
  read(): Promise<Float32Array>;
}

/** The tensors of a model, under the names of its files. */
export type StoredTensors = Map<string, StoredTensor>;

/** Elements of a shape; undefined for one that no memory holds. */
export function elements(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const axis of shape) {
    if (!Number.isSafeInteger(axis) || axis < 0) return undefined;
    count *= axis;
    if (count > 2 ** 40) return undefined;
  }
  return count;
}

/** A matrix `[rows, columns]` turned into `[columns, rows]`, in blocks that stay in the processor's cache. */
export function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  const block = 32;
  for (let r0 = 0; r0 < rows; r0 += block)
    for (let c0 = 0; c0 < columns; c0 += block)
      for (let r = r0; r < Math.min(rows, r0 + block); r++)
        for (let c = c0; c < Math.min(columns, c0 + block); c++) turned[c * rows + r] = values[r * columns + c]!;
  return turned;
}
