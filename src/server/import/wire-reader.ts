import type { RowlightError } from '../errors';

/** Reads numbers and byte strings one after another, as LevelDB's tables and protocol buffers hold them; every length is checked against the end. */
export interface WireReader {
  readonly left: number;
  /** A varint; at most 2^53. */
  varint(): number;
  fixed32(): number;
  bytes(length: number): Uint8Array;
}

/** @param bad made for whatever runs past the end */
export function wireReader(content: Uint8Array, bad: () => RowlightError): WireReader {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > content.length) throw bad();
    at += length;
    return content.subarray(at - length, at);
  };
  return {
    get left() {
      return content.length - at;
    },
    varint() {
      let value = 0;
      for (let shift = 0; shift < 10; shift++) {
        const byte = take(1)[0]!;
        value += (byte & 0x7f) * 2 ** (7 * shift);
        if (byte < 0x80) {
          if (!Number.isSafeInteger(value)) throw bad();
          return value;
        }
      }
      throw bad();
    },
    fixed32() {
      const [a, b, c, d] = take(4);
      return (a! | (b! << 8) | (c! << 16) | (d! << 24)) >>> 0;
    },
    bytes: take,
  };
}

/** The fields of a protocol buffer's message: numbers for varints and fixed32, bytes for the rest. Later ones stand behind earlier ones. */
export function protoFields(
  content: Uint8Array,
  bad: () => RowlightError,
): [field: number, value: number | Uint8Array][] {
  const reader = wireReader(content, bad);
  const fields: [number, number | Uint8Array][] = [];
  while (reader.left > 0) {
    const key = reader.varint();
    const field = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        fields.push([field, reader.varint()]);
        break;
      case 1:
        fields.push([field, reader.bytes(8)]);
        break;
      case 2:
        fields.push([field, reader.bytes(reader.varint())]);
        break;
      case 5:
        fields.push([field, reader.fixed32()]);
        break;
      default:
        throw bad();
    }
  }
  return fields;
}
