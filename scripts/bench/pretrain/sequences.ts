import { buildCorpus } from '../../../src/server/corpus/build-corpus';
import { loadJieba } from '../../../src/server/corpus/jieba';
import { openShards } from '../../../src/server/corpus/shards';
import { corpusFiles } from '../../../src/server/corpus/sources';
import type { ModelFolder } from '../../../src/server/model/model-folder';
import { type SequenceReader, createSequenceReader } from '../../../src/server/pretraining/sequence-reader';
import type { MaskSettings } from '../../../src/server/pretraining/settings';
import { createTokenizer } from '../../../src/server/tokenizer/tokenizer';
import { readTokenizerFiles } from '../../../src/server/tokenizer/tokenizer-files';

/** Whole words, BERT's shares. */
export const MASKS: MaskSettings = { unit: 'word', share: 0.15, most: 80 };

/** What both sides of a bench read. */
export interface BenchSequences {
  readonly reader: SequenceReader;
  readonly heldOut: SequenceReader;
  readonly padId: number;
}

/**
 * Reads a corpus with a model's vocabulary, or finds it read in the folder `cache`.
 * @param paths files and folders of text
 * @param share of the documents that are held out
 */
export async function benchSequences(
  paths: readonly string[],
  { tokenizer, folder }: ModelFolder,
  cache: string,
  share: number,
): Promise<BenchSequences> {
  const { vocabulary, config } = readTokenizerFiles(tokenizer, folder);
  const corpus = await buildCorpus(
    {
      files: await corpusFiles(paths, undefined),
      tokenizer: createTokenizer(vocabulary, config),
      unkId: vocabulary.unkId,
      leaveOut: [],
      segment: await loadJieba(),
      cache,
      settings: { rowlight: 'bench', tokenizer: 'bench', heldOut: share, seed: 1 },
    },
    { clock: { now: () => Date.now() }, signal: new AbortController().signal, progress: () => undefined },
  );
  const special = new Set([vocabulary.padId, vocabulary.clsId, vocabulary.sepId, vocabulary.maskId]);
  const ordinary = Int32Array.from([...vocabulary.tokens.keys()].filter((id) => !special.has(id)));
  const settings = { seed: 1, pairs: 'none', masks: MASKS, vocabulary: { ...vocabulary, special, ordinary } } as const;
  return {
    reader: createSequenceReader(openShards(corpus.folder, corpus.manifest.shards), settings),
    heldOut: createSequenceReader(openShards(corpus.folder, [corpus.manifest.heldOut]), settings),
    padId: vocabulary.padId,
  };
}
