import { countWords } from '../../corpus/count-words';
import type { CorpusProgress } from '../../corpus/build-corpus';
import type { TableTexts } from '../../corpus/read-documents';
import type { CorpusFile } from '../../corpus/sources';
import { RowlightError } from '../../errors';
import { loadModelFolder } from '../../model/model-folder';
import { nodeFiles } from '../../node-files';
import { learnVocabulary } from '../../pretraining/learn-vocabulary';
import { type TokenizerFiles, readTokenizerFiles } from '../../tokenizer/tokenizer-files';
import { parseVocabulary } from '../../tokenizer/vocabulary';
import type { PretrainingWorld } from './follow';

/** Another vocabulary than the base's: a `vocab.txt`, or so many entries learnt from the texts. */
export type OtherVocabulary = { readonly file: string } | { readonly size: number };

/**
 * The tokenizer's files of a model with another vocabulary; how texts are cut into words stays as the base does. Rejects with reason `bad-model` for a file
 * that is no vocabulary of a BERT, `cancelled` where the signal asked to stop.
 */
export async function otherTokenizer(
  other: OtherVocabulary,
  baseFolder: string,
  files: readonly CorpusFile[],
  texts: TableTexts,
  {
    clock,
    signal,
    progress,
  }: Pick<PretrainingWorld, 'clock' | 'signal'> & {
    readonly progress: (progress: CorpusProgress) => void;
  },
): Promise<TokenizerFiles> {
  const base = await loadModelFolder(nodeFiles, baseFolder);
  const { config } = readTokenizerFiles(base.tokenizer, base.folder);
  const settings = {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: config.lowercase,
    strip_accents: config.stripAccents,
    tokenize_chinese_chars: config.tokenizeChineseChars,
  };
  const tokenizerConfigJson = `${JSON.stringify(settings, undefined, 2)}\n`;
  if ('file' in other) {
    const vocabTxt = await nodeFiles.read(other.file);
    parseVocabulary(vocabTxt, other.file);
    return { vocabTxt, tokenizerConfigJson };
  }
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const [began, done] = [clock.now(), { bytes: 0 }];
  const words = await countWords(files, texts, config, (bytes) => {
    if (signal.aborted) throw new RowlightError('cancelled', 'stopped while counting words; start again');
    done.bytes += bytes;
    const bytesPerSecond = done.bytes / Math.max(1e-3, (clock.now() - began) / 1000);
    const secondsLeft = (totalBytes - done.bytes) / Math.max(1, bytesPerSecond);
    progress({ doing: 'counting', bytes: done.bytes, totalBytes, documents: 0, bytesPerSecond, secondsLeft });
  });
  return { vocabTxt: `${learnVocabulary(words, other.size).join('\n')}\n`, tokenizerConfigJson };
}
