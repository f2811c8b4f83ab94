/**
 * Little-endian numbers as float32. `F32` at an aligned place is a view of `bytes`; everything else is a copy. (Every platform that Node runs on
 * is little-endian, as typed arrays then are.) The length of `bytes` is a multiple of the format's width.
 */
export function float32Of(bytes: Uint8Array, format: 'F32' | 'F16' | 'BF16'): Float32Array<ArrayBufferLike> {
  const width = format === 'F32' ? 4 : 2;
  const { buffer, byteOffset, length } = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  if (format === 'F32') return new Float32Array(buffer, byteOffset, length / 4);
  const halves = new Uint16Array(buffer, byteOffset, length / 2);
  const bits = new Uint32Array(halves.length);
  if (format === 'BF16') {
    for (let i = 0; i < bits.length; i++) bits[i] = halves[i]! << 16;
  } else {
    halfTable ??= makeHalfTable();
    for (let i = 0; i < bits.length; i++) bits[i] = halfTable[halves[i]!]!;
  }
  return new Float32Array(bits.buffer);
}

/** The float32 bits of each of the 65,536 half-precision numbers: a look-up is several times faster than taking each apart. */
let halfTable: Uint32Array | undefined;

/** IEEE 754: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits, into 1, 8 (bias 127) and 23. */
function makeHalfTable(): Uint32Array {
  const table = new Uint32Array(65_536);
  const value = new Float32Array(1);
  const valueBits = new Uint32Array(value.buffer);
  for (let half = 0; half < table.length; half++) {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0x1f) {
      table[half] = sign | 0x7f80_0000 | (fraction << 13); // Infinity and NaN.
    } else if (exponent === 0) {
      value[0] = fraction * 2 ** -24; // Zero and subnormal numbers, which are normal in float32.
      table[half] = sign | valueBits[0]!;
    } else {
      table[half] = sign | ((exponent + 112) << 23) | (fraction << 13);
    }
  }
  return table;
}

/** Rounds to half precision, to nearest and ties to even as IEEE 754 does; what is too large becomes infinite. */
export function float16Of(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const word = bits[i]!;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fff_ffff;
    if (magnitude > 0x7f80_0000)
      halves[i] = sign | 0x7e00; // NaN.
    else if (magnitude >= 0x4780_0000) halves[i] = sign | 0x7c00;
    // Below 2^-14 a half is a multiple of 2^-24.
    else if (magnitude < 0x3880_0000) halves[i] = sign | roundToEven(Math.abs(values[i]!) * 2 ** 24);
    else halves[i] = sign | ((magnitude - 0x3800_0000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  return halves;
}

/** The nearest whole number; of two as near, the even one. */
function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
