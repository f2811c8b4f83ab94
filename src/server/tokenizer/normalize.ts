import { isChinese, isNonspacingMark, isRemoved, isWhitespace } from './unicode';

/** The settings of the first stage. */
export interface NormalizerSettings {
  /** Lower-case every character (an "uncased" model). */
  readonly lowercase: boolean;
  /** Drop accents; `null` means the same as `lowercase`, which is what BERT's own code always did. */
  readonly stripAccents: boolean | null;
  /** Put spaces around ideographs. */
  readonly tokenizeChineseChars: boolean;
}

/** A text as the model's vocabulary spells it, with the way back. */
export interface NormalizedText {
  readonly text: string;
  /** For each UTF-16 unit of `text`: where the original character that it stems from starts, in UTF-16 units of the original. */
  readonly starts: readonly number[];
  /** The same for its end. */
  readonly ends: readonly number[];
}

/** Normalizes the part `from` to `to` of a text; neither bound may divide a surrogate pair. */
export type Normalizer = (text: string, from?: number, to?: number) => NormalizedText;

/**
 * Stage one, Hugging Face's `BertNormalizer`: clean the text, put spaces around ideographs, strip accents, lower-case — in that order.
 *
 * Each step looks at one character at a time, so that the whole stage is a map from a character to what replaces it, and that map is kept
 * for the characters seen (at most one short string a code point of the basic plane). All units of a replacement point to the whole
 * character they stem from; a dropped character belongs to no token.
 *
 * Decided: marks that survive stripping (spacing marks with a place in canonical order, marks newer than the reference's Unicode 8) are not
 * put in canonical order *across* characters, as NFD of the whole string would. It takes denormalized text to see it; ids
 * could differ only for a vocabulary that spells such marks one after the other. The offsets name the mark itself, where the reference,
 * which realigns by position, names its neighbour.
 */
export function createNormalizer(settings: NormalizerSettings): Normalizer {
  const known = new Map<number, string>();
  const replacement = (codePoint: number): string => {
    let replaced = known.get(codePoint);
    if (replaced === undefined) {
      replaced = replaceCharacter(codePoint, settings);
      if (codePoint < 0x10000) known.set(codePoint, replaced);
    }
    return replaced;
  };
  return (text, from = 0, to = text.length) => {
    const starts: number[] = [];
    const ends: number[] = [];
    let normalized = '';
    for (let start = from; start < to;) {
      const codePoint = text.codePointAt(start)!;
      const end = start + (codePoint > 0xffff ? 2 : 1);
      const replaced = replacement(codePoint);
      normalized += replaced;
      for (let unit = 0; unit < replaced.length; unit++) {
        starts.push(start);
        ends.push(end);
      }
      start = end;
    }
    return { text: normalized, starts, ends };
  };
}

/** What one character becomes: nothing, a space, itself, or several characters (`İ` kept accented becomes `i` and a dot above). */
function replaceCharacter(codePoint: number, settings: NormalizerSettings): string {
  if (isLineWhitespace(codePoint)) return ' ';
  if (isRemoved(codePoint)) return '';
  if (isWhitespace(codePoint)) return ' ';
  let replaced = String.fromCodePoint(codePoint);
  if (settings.stripAccents ?? settings.lowercase) replaced = stripAccents(replaced);
  if (settings.lowercase) replaced = lowercaseEach(replaced);
  return settings.tokenizeChineseChars && isChinese(codePoint) ? ` ${replaced} ` : replaced;
}

/** Tab, line feed and carriage return are category Cc, yet BERT counts them as white space. */
function isLineWhitespace(codePoint: number): boolean {
  return codePoint === 0x09 || codePoint === 0x0a || codePoint === 0x0d;
}

function stripAccents(character: string): string {
  let kept = '';
  for (const part of character.normalize('NFD')) if (!isNonspacingMark(part.codePointAt(0)!)) kept += part;
  return kept;
}

/** Lower-cases without looking at neighbours, as Rust's `char::to_lowercase`: a final sigma becomes `σ`, never `ς`. */
function lowercaseEach(characters: string): string {
  let lower = '';
  for (const character of characters) lower += character.toLowerCase();
  return lower;
}
