import { CONTROL, NONSPACING_MARK, PUNCTUATION } from './unicode-ranges';

/*
 * What the stages ask about a character, by code point. The authority is Hugging Face `tokenizers` (`normalizers/bert.rs`,
 * `pre_tokenizers/bert.rs`), whose tables stand still at the Unicode version of its `unicode_categories` crate. `\p{…}` would follow the
 * Unicode version of the JavaScript engine instead and give other tokens on another Node, hence tables of our own.
 */

/**
 * Whether cleaning drops the character: categories Cc, Cf and Co without tab, line feed and carriage return, and U+FFFD, which stands
 * for bytes that could not be read. Unpaired surrogates can't exist in the reference's UTF-8; they are bad input like U+FFFD, so they go too.
 */
export function isRemoved(codePoint: number): boolean {
  return isInRanges(CONTROL, codePoint) || (codePoint >= 0xd800 && codePoint <= 0xdfff) || codePoint === 0xfffd;
}

/**
 * Whether the character ends a word and is dropped: Unicode's `White_Space`, as Rust's `char::is_whitespace`. U+000B, U+000C and U+0085
 * are white space too but are category Cc, so cleaning drops them before this is asked, and the words on both sides join.
 */
export function isWhitespace(codePoint: number): boolean {
  if (codePoint < 0x80) return codePoint === 0x20 || (codePoint >= 0x09 && codePoint <= 0x0d);
  return (
    codePoint === 0x85 ||
    codePoint === 0xa0 ||
    codePoint === 0x1680 ||
    (codePoint >= 0x2000 && codePoint <= 0x200a) ||
    codePoint === 0x2028 ||
    codePoint === 0x2029 ||
    codePoint === 0x202f ||
    codePoint === 0x205f ||
    codePoint === 0x3000
  );
}

/**
 * Whether the character is a word of its own because Chinese puts no spaces between words: the ideograph blocks, not Hangul, Hiragana
 * and Katakana, whose languages the multilingual models treat as spaced.
 *
 * Decided: the fifth range starts at U+2B920 as in `tokenizers`; google/bert's `_is_chinese_char` says U+2B820. The 256 ideographs between
 * are of extension E; the Chinese BERT vocabulary has none of them, so that only the extent of an unknown word differs. Extensions G and
 * later (U+30000…) are in neither list.
 */
export function isChinese(codePoint: number): boolean {
  if (codePoint < 0x3400) return false;
  return (
    (codePoint >= 0x4e00 && codePoint <= 0x9fff) ||
    (codePoint >= 0x3400 && codePoint <= 0x4dbf) ||
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0x20000 && codePoint <= 0x2a6df) ||
    (codePoint >= 0x2a700 && codePoint <= 0x2b81f) ||
    (codePoint >= 0x2b920 && codePoint <= 0x2ceaf) ||
    (codePoint >= 0x2f800 && codePoint <= 0x2fa1f)
  );
}

/** Whether the character is an accent that stripping drops: category Mn, after canonical decomposition has set it free from its letter. */
export function isNonspacingMark(codePoint: number): boolean {
  return codePoint >= 0x300 && isInRanges(NONSPACING_MARK, codePoint);
}

/**
 * Whether the character is a word of its own in the pre-tokenizer: categories P*, and every printable ASCII character that is neither
 * letter nor digit; `^`, `$` and the backtick are symbols to Unicode, but BERT counts them as punctuation for consistency.
 */
export function isPunctuation(codePoint: number): boolean {
  return isInRanges(PUNCTUATION, codePoint);
}

/** Binary search in a flat table of inclusive first, last pairs in rising order. */
function isInRanges(ranges: readonly number[], codePoint: number): boolean {
  let low = 0;
  let high = ranges.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (codePoint > ranges[2 * middle + 1]!) low = middle + 1;
    else if (codePoint < ranges[2 * middle]!) high = middle;
    else return true;
  }
  return false;
}
