import type { Problem } from './problem';

/**
 * The text of a file: UTF-8 with or without a byte order mark, or UTF-16 with one. Bytes that are none of these give an empty text and
 * a problem that names the first of them: half-decoded Chinese would be learnt as if it were text.
 */
export function decodeText(bytes: Uint8Array): { text: string; problem?: Problem } {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  const text = decodeAs(encoding, bytes);
  if (text !== undefined) return { text };
  return { text: '', problem: encoding === 'utf-8' ? badUtf8(bytes) : badUtf16(encoding) };
}

function badUtf8(bytes: Uint8Array): Problem {
  const offset = firstInvalidByte(bytes);
  const value = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  const chinese = decodeAs('gb18030', bytes) !== undefined;
  const guess = chinese
    ? 'It looks like GB18030 (GBK): open it with that encoding'
    : 'Open it with the encoding it was written in';
  return {
    code: 'bad-encoding',
    severity: 'error',
    row: lineOf(bytes, offset),
    message: `Byte 0x${value} is not valid UTF-8. ${guess} and save it again as UTF-8.`,
  };
}

function badUtf16(encoding: string): Problem {
  const message = `The file begins as ${encoding.toUpperCase()} but is not valid in it. Save it again as UTF-8.`;
  return { code: 'bad-encoding', severity: 'error', row: 1, message };
}

/** The text in an encoding, undefined where the bytes are not valid in it or this runtime does not know it. */
function decodeAs(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Line (from 1) of a byte, for encodings that keep ASCII: CRLF, LF and CR end a line. */
function lineOf(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = 0; at < offset; at++) {
    if (bytes[at] === 10 || (bytes[at] === 13 && bytes[at + 1] !== 10)) line++;
  }
  return line;
}

/** Offset of the first byte that begins no well-formed UTF-8 sequence (Unicode 16, table 3-7), or the length. */
export function firstInvalidByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  // The second byte has narrower bounds where the lead would allow overlong forms, surrogates or more than U+10FFFF.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  for (let next = 1; next < length; next++) {
    const byte = bytes[at + next] ?? 0;
    if (byte < (next === 1 ? low : 0x80) || byte > (next === 1 ? high : 0xbf)) return 0;
  }
  return length;
}
