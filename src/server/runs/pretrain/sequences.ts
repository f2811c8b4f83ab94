import { openShards } from '../../corpus/shards';
import { createSequenceReader } from '../../pretraining/sequence-reader';
import { createTokenizer } from '../../tokenizer/tokenizer';
import { readTokenizerFiles } from '../../tokenizer/tokenizer-files';
import type { ReadyPretraining } from './follow';
import type { PretrainingRecord } from './record';

/** What a run reads: sequences to learn from and to judge by, and the vocabulary that they are written in. */
export type RunSequences = ReturnType<typeof openSequences>;

/** Opens the corpus of a run with the vocabulary of its base. Throws a `RowlightError` where the vocabulary is broken. */
export function openSequences({
  record,
  corpus,
  base,
}: Pick<ReadyPretraining, 'corpus' | 'base'> & { readonly record: Pick<PretrainingRecord, 'settings'> }) {
  const { vocabulary, config } = readTokenizerFiles(base.tokenizer, base.folder);
  const special = new Set([vocabulary.padId, vocabulary.clsId, vocabulary.sepId, vocabulary.maskId]);
  const ordinary = Int32Array.from(
    [...vocabulary.tokens.keys()].filter(
      (id) => vocabulary.tokens[id] !== '' && !special.has(id) && id !== vocabulary.unkId,
    ),
  );
  const own = { ...record.settings, vocabulary: { ...vocabulary, special, ordinary } };
  return {
    vocabulary,
    tokenizer: createTokenizer(vocabulary, config),
    reader: createSequenceReader(openShards(corpus.folder, corpus.manifest.shards), own),
    heldOut: createSequenceReader(openShards(corpus.folder, [corpus.manifest.heldOut]), own),
    /** The greatest length, in tokens. */
    longest: Math.max(...record.settings.phases.map(({ length }) => length)),
  };
}
