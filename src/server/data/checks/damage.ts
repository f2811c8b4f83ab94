import { gbkBytes } from './gbk';

/**
 * What happened to a text on its way here.
 *
 * - `replaced`: U+FFFD, which a decoder puts where bytes were not valid: what stood there is lost
 * - `nul`: U+0000, mostly UTF-16 read as something else
 * - `surrogate`: half of a surrogate pair: a text that was cut in the middle of a character
 * - `utf8-as-gbk`, `utf8-as-latin1`: UTF-8 that was read in another encoding; `repaired` is what it should say
 */
export interface Damage {
  readonly kind: 'replaced' | 'nul' | 'surrogate' | 'utf8-as-gbk' | 'utf8-as-latin1';
  /** Where in the text it begins and ends, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly repaired?: string;
  /** Whether bytes at the end were lost, so that `repaired` lacks something. */
  readonly partial?: true;
}

/** The first damage in a text; undefined in a sound one. Costs one look at each character of a sound text. */
export function findDamage(text: string): Damage | undefined {
  const gbk = gbkBytes();
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0) return { kind: 'nul', start: at, end: at + 1 };
    if (unit < 0xc2) continue;
    if (unit <= 0xf4) {
      const found = readAsLatin1(text, at);
      if (found) return found;
    } else if (unit === 0xfffd) return { kind: 'replaced', start: at, end: at + 1 };
    else if (unit >= 0xd800 && unit <= 0xdfff) {
      const paired = unit <= 0xdbff && text.charCodeAt(at + 1) >> 10 === 0x37;
      if (!paired) return { kind: 'surrogate', start: at, end: at + 1 };
      at++;
    }
    const bytes = gbk[unit] ?? 0;
    // The bytes of an ideograph in UTF-8: E3 to E9, then two from 80 to BF; EF begins full-width letters and U+FFFD.
    if (bytes >= 0xe380 && (bytes <= 0xe9bf || bytes >> 8 === 0xef) && (bytes & 0xc0) === 0x80) {
      const found = readAsGbk(text, at, gbk);
      if (found) return found;
    }
  }
  return undefined;
}

/** What Windows-1252 has in place of the control characters of Latin-1, from 0x80 on; blank where it has nothing. */
const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const FROM_1252 = new Map(
  [...WINDOWS_1252].flatMap((mark, at) => (mark === ' ' ? [] : [[mark.charCodeAt(0), 0x80 + at]])),
);

function readAsLatin1(text: string, start: number): Damage | undefined {
  const bytes: number[] = [];
  let end = start;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    const byte = unit >= 0x80 && unit <= 0xff ? unit : FROM_1252.get(unit);
    if (byte === undefined) break;
    bytes.push(byte);
  }
  const repaired = bytes.length < 2 ? undefined : decodeUtf8(bytes);
  return repaired === undefined ? undefined : { kind: 'utf8-as-latin1', start, end, repaired };
}

/** So many ideographs must come out where other text surrounds them: two alone may be a coincidence. */
const SURE = 3;

function readAsGbk(text: string, start: number, gbk: Uint16Array): Damage | undefined {
  const bytes: number[] = [];
  let end = start;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    const pair = gbk[unit] ?? 0;
    // The one byte above ASCII that is a character by itself, 80, is read as a euro sign.
    if (unit === 0x20ac) bytes.push(0x80);
    else if (pair !== 0) bytes.push(pair >> 8, pair & 255);
    else break;
  }
  // An odd number of bytes: the last one was read together with what followed, and is lost.
  const whole = bytes.length - (bytes.length % 3);
  const repaired = whole < 6 ? undefined : decodeUtf8(bytes.slice(0, whole));
  if (repaired === undefined || !/^[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uff5e\ufffd]+$/.test(repaired))
    return undefined;
  const alone = start === 0 && end >= text.length - 1;
  if (repaired.length < SURE && !alone && !repaired.includes('\ufffd')) return undefined;
  const lost = repaired.includes('\ufffd');
  const partial = whole < bytes.length ? { partial: true as const } : {};
  return { kind: 'utf8-as-gbk', start, end, ...(lost ? {} : { repaired, ...partial }) };
}

function decodeUtf8(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
