/** Encodings that are recognised by the bytes alone, by their WHATWG names. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030' | 'big5';

/** Bytes that are looked at before the next yield. */
const CHUNK = 1 << 18;
/** Bytes by which an encoding without a mark is told. */
const SAMPLE = 1 << 18;

/**
 * The encoding that bytes are written in: by a byte order mark; UTF-16 by its zeros; else UTF-8 where they are valid in it, else GB18030 (which
 * includes GBK and GB2312) or Big5 where they are valid and look like it. Undefined for anything else. Yields now and then.
 */
export function* detectEncoding(bytes: Uint8Array): Generator<void, Encoding | undefined> {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const wide = wideByZeros(bytes.subarray(0, SAMPLE));
  if (wide !== undefined && (yield* isValid(wide, bytes))) return wide;
  if (yield* isValid('utf-8', bytes)) return 'utf-8';
  const likely: Encoding = looksLikeBig5(bytes.subarray(0, SAMPLE)) ? 'big5' : 'gb18030';
  for (const encoding of [likely, likely === 'big5' ? 'gb18030' : 'big5'] as const) {
    if (yield* isValid(encoding, bytes)) return encoding;
  }
  return undefined;
}

/** What the beginning of a file says in an encoding: at most `most` bytes of it, a last character that they cut left out. */
export function decodeStart(encoding: Encoding, bytes: Uint8Array, most: number): string {
  return new TextDecoder(encoding).decode(bytes.subarray(0, most), { stream: true });
}

function* isValid(encoding: Encoding, bytes: Uint8Array): Generator<void, boolean> {
  try {
    const decoder = new TextDecoder(encoding, { fatal: true });
    for (let at = 0; at < bytes.length; at += CHUNK) {
      // A character that the end of the file cuts is no sign of another encoding.
      decoder.decode(bytes.subarray(at, at + CHUNK), { stream: true });
      yield;
    }
    return true;
  } catch {
    // Not valid in it, or not known to this runtime.
    return false;
  }
}

/** UTF-16 without a mark: line breaks, tabs, blanks and commas are followed, or preceded, by a zero at the other place of their pair. */
function wideByZeros(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  let [little, big] = [0, 0];
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
    if (second === 0 && SEPARATORS.has(first)) little++;
    if (first === 0 && SEPARATORS.has(second)) big++;
  }
  if (little + big < Math.max(2, bytes.length / 1000)) return undefined;
  if (little > 4 * big) return 'utf-16le';
  return big > 4 * little ? 'utf-16be' : undefined;
}

/** Tab, line feed, carriage return, blank, comma. */
const SEPARATORS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20, 0x2c]);

/**
 * Whether text that is no UTF-8 looks like Big5 rather than GB18030. Nearly every pair of bytes is valid in both, but the second bytes of common
 * simplified characters lie above A0, while two fifths of Big5's common characters (first bytes A4 to C6) have one below 7F.
 */
function looksLikeBig5(bytes: Uint8Array): boolean {
  let pairs = 0;
  let low = 0;
  let big5 = 0;
  for (let at = 0; at + 1 < bytes.length; at++) {
    const [lead, trail] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
    if (lead < 0x81) continue;
    pairs++;
    if (trail < 0x7f) low++;
    if (lead >= 0xa1 && lead <= 0xc6) big5++;
    at++;
  }
  return pairs > 0 && low > pairs / 5 && big5 > pairs * 0.9;
}
