import { createRandom, shuffledIndices } from '../training/random';
import type { Masked } from './batch';
import { type MaskVocabulary, maskSequence } from './masking';
import { type Frame, type Packed, packedPair, packedSequence, sequenceCount, shuffleDocuments } from './packing';
import type { MaskSettings, PairTask } from './settings';

/** The shards of a corpus, read one at a time. */
export interface Shards {
  /** Numbers of each shard. */
  readonly sizes: readonly number[];
  read(shard: number): Promise<Int32Array>;
}

/** How sequences are made of a corpus. */
export interface SequenceSettings {
  readonly seed: number;
  readonly pairs: PairTask;
  readonly masks: MaskSettings;
  readonly vocabulary: MaskVocabulary & Frame;
}

/** Makes masked sequences of a corpus. */
export interface SequenceReader {
  /**
   * Masked sequence number `number` of T tokens, counted on through all epochs; each epoch has every sequence once, in another order and with other
   * masks. A function of the seed, T and the number alone. Neighbouring numbers are cheap: they share a shard.
   */
  masked(T: number, number: number): Promise<Masked>;
  /** Sequences of an epoch. */
  count(T: number): number;
}

/** Reads sequences of shards; one shard is held at a time. Throws where there are no numbers. */
export function createSequenceReader(shards: Shards, settings: SequenceSettings): SequenceReader {
  const { seed, pairs, masks, vocabulary } = settings;
  let held: { key: string; numbers: Int32Array; order: Uint32Array } | undefined;
  const counts = (T: number) => shards.sizes.map((size) => sequenceCount(size, T, pairs));
  const count = (T: number) => counts(T).reduce((sum, one) => sum + one, 0);

  const shardOf = async (T: number, epoch: number, shard: number, sequences: number) => {
    const key = `${T} ${epoch} ${shard}`;
    if (held?.key !== key) {
      const own = keyed(seed, T, epoch, shard);
      held = undefined;
      const numbers = shuffleDocuments(await shards.read(shard), own, DOCUMENTS);
      held = { key, numbers, order: shuffledIndices(sequences, own, SEQUENCES) };
    }
    return held;
  };

  return {
    count,
    async masked(T, number) {
      const each = counts(T);
      const total = count(T);
      const epoch = Math.floor(number / total);
      let place = number % total;
      const order = shuffledIndices(each.length, keyed(seed, T, epoch), SHARDS);
      let nth = 0;
      while (place >= each[order[nth]!]!) place -= each[order[nth++]!]!;
      const shard = order[nth]!;
      const { numbers, order: sequences } = await shardOf(T, epoch, shard, each[shard]!);
      const random = createRandom(keyed(seed, T, epoch, shard), MASKS + place);
      const index = sequences[place]!;
      let packed: Packed;
      if (pairs === 'none') {
        packed = packedSequence(numbers, index, T, vocabulary);
      } else {
        const apart = random.float() < 0.5;
        // Any but this one, where there is another.
        const other = (index + 1 + random.below(Math.max(1, each[shard]! - 1))) % each[shard]!;
        packed = packedPair(numbers, index, T, vocabulary, pairs, apart, other);
      }
      const { typeIds, pairLabel, cut } = packed;
      return {
        ...maskSequence(packed, vocabulary, masks, random, cut),
        typeIds,
        ...(pairLabel === undefined ? {} : { pairLabel }),
      };
    },
  };
}

/** What random numbers are for, by number; masks have one a place, from theirs on. */
const [SHARDS, DOCUMENTS, SEQUENCES, MASKS] = [1, 2, 3, 16];

/** A seed for a place, by its numbers. */
function keyed(seed: number, ...numbers: readonly number[]): number {
  return numbers.reduce((key, number) => createRandom(key, number).next(), seed);
}
