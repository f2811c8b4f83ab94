/** Why a line is not learnt from. */
export const JUNK_REASONS = ['short', 'no-words', 'broken', 'repeated'] as const;
/** One of {@link JUNK_REASONS}. */
export type JunkReason = (typeof JUNK_REASONS)[number];

/**
 * A line as it is learnt from: composed (NFC), without control characters and invisible marks, white space as single spaces. Letters keep their
 * case and width, since nobody normalises the texts that the model reads later.
 */
export function cleanLine(line: string): string {
  return line
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(INVISIBLE, '')
    .replace(/[\s\u3000]+/gu, ' ')
    .trim()
    .normalize('NFC');
}

/** Soft hyphen, zero-width marks, marks of direction, byte-order mark. */
const INVISIBLE = /\u00ad|[\u200b-\u200f]|[\u202a-\u202e]|[\u2060-\u2064]|\ufeff/gu;

/** Why a cleaned line is junk; undefined where it is text. Empty lines are none either. */
export function junkReason(line: string): JunkReason | undefined {
  const characters = [...line];
  if (characters.length < SHORTEST) return 'short';
  // Letters of every script and ideographs; digits and signs alone teach no words.
  const letters = line.match(/\p{L}/gu)?.length ?? 0;
  if (letters < characters.length * FEWEST_LETTERS) return 'no-words';
  // What a wrong decoding leaves behind, and what no font shows.
  const broken = line.match(/[\ufffd\p{Co}\p{Cn}]/gu)?.length ?? 0;
  if (broken > characters.length / 50) return 'broken';
  const counts = new Map<string, number>();
  for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
  return Math.max(...counts.values()) > characters.length * MOST_OF_ONE ? 'repeated' : undefined;
}

/** Shorter lines are page numbers, list marks and the like. */
const SHORTEST = 4;
const FEWEST_LETTERS = 0.3;
/** In running text of any script no character is half of a line. */
const MOST_OF_ONE = 0.5;
