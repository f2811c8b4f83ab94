/** Bytes of the header of {@link npyHeader}: always the same, so that one can be written in the place of another. */
const HEADER_BYTES = 128;

/**
 * The head of a NumPy file (`.npy`, format 1.0) of float32 numbers in row-major order; the numbers follow, little endian. 128 bytes whatever the
 * shape is, so that it can be written anew once the number of rows is known.
 */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const header = new Uint8Array(HEADER_BYTES).fill(0x20);
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, HEADER_BYTES - 10, 0]);
  header.set(new TextEncoder().encode(text), 10);
  header[HEADER_BYTES - 1] = 0x0a;
  return header;
}
