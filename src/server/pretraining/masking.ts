import { shuffledIndices, type Random } from '../training/random';
import { type MaskSettings, maskedAtMost } from './settings';

/** A sequence as it is packed, before masks. */
export interface Sequence {
  /** With `[CLS]` and `[SEP]`. */
  readonly ids: Int32Array;
  readonly typeIds: Int32Array;
  /** A byte a token: 1 where it goes on with the word of the token before. */
  readonly continues: Uint8Array;
  /** 1 where its two texts are none that follow each other, 0 where they are; of pairs alone. */
  readonly pairLabel?: number;
}

/** What of a vocabulary masks need. */
export interface MaskVocabulary {
  readonly maskId: number;
  /** Ids that are never masked: `[CLS]`, `[SEP]`, `[PAD]`. */
  readonly special: ReadonlySet<number>;
  /** Ids that may stand in the place of a masked token: all ordinary entries. */
  readonly ordinary: Int32Array;
}

/** A sequence with its masks. */
export interface MaskedSequence {
  /** What the model reads. */
  readonly ids: Int32Array;
  /** Where tokens are to be predicted, ascending, and which stood there. */
  readonly positions: readonly number[];
  readonly labels: readonly number[];
  /** Words that were masked, and those of them of which every token was: a word at the edge of a sequence may be cut. */
  readonly words: number;
  readonly whole: number;
}

/**
 * Chooses what of a sequence is masked, as `create_masked_lm_predictions` of google-research/bert with whole words: words in random order until
 * the number is reached; a word that would pass it is left out.
 * @param random drawn from alone: a sequence's masks are a function of it
 * @param cut whether the first and the last word go on beyond the sequence
 */
export function maskSequence(
  { ids, continues }: Sequence,
  vocabulary: MaskVocabulary,
  settings: MaskSettings,
  random: Random,
  cut: { readonly first: boolean; readonly last: boolean },
): MaskedSequence {
  const words = wordsOf(ids, continues, vocabulary.special);
  // Never split: what is masked is then a word of the language, whatever it is masked by.
  const units = settings.unit === 'word' ? words : words.flatMap((word) => word.map((at) => [at]));
  const most = maskedAtMost(settings, ids.length);
  const masked = ids.slice();
  const chosen = new Set<number>();
  for (const index of shuffledIndices(units.length, random.next(), random.next())) {
    const unit = units[index]!;
    if (chosen.size >= most) break;
    if (chosen.size + unit.length > most) continue;
    for (const at of unit) {
      chosen.add(at);
      masked[at] = replacement(ids[at]!, vocabulary, random);
    }
  }
  const touched = words.filter((word) => word.some((at) => chosen.has(at)));
  const isCut = (word: readonly number[]) => (cut.first && word === words[0]) || (cut.last && word === words.at(-1));
  const positions = [...chosen].sort((a, b) => a - b);
  return {
    ids: masked,
    positions,
    labels: positions.map((at) => ids[at]!),
    words: touched.length,
    whole: touched.filter((word) => !isCut(word) && word.every((at) => chosen.has(at))).length,
  };
}

function replacement(id: number, { maskId, ordinary }: MaskVocabulary, random: Random): number {
  const chance = random.float();
  if (chance < 0.8) return maskId;
  return chance < 0.9 ? ordinary[random.below(ordinary.length)]! : id;
}

/** The places of each word's tokens. */
function wordsOf(ids: Int32Array, continues: Uint8Array, special: ReadonlySet<number>): number[][] {
  const words: number[][] = [];
  ids.forEach((id, at) => {
    if (special.has(id)) return;
    if (continues[at] === 1 && words.at(-1)?.at(-1) === at - 1) words.at(-1)!.push(at);
    else words.push([at]);
  });
  return words;
}
