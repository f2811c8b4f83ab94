import { cleanLine, junkReason } from '../pretraining/clean-line';
import { createNormalizer } from '../tokenizer/normalize';
import { preTokenize } from '../tokenizer/pre-tokenize';
import type { TokenizerConfig } from '../tokenizer/tokenizer';
import { MAX_WORD_CODE_POINTS } from '../tokenizer/wordpiece';
import { type TableTexts, readDocuments } from './read-documents';
import type { CorpusFile } from './sources';

/** Above so many distinct words the rarest are forgotten, so that memory stays bounded. */
const MOST_WORDS = 2_000_000;

/** Counts the words of a corpus as the tokenizer of these settings cuts them, junk left out. @param heard bytes of each piece; it may throw to stop */
export async function countWords(
  files: readonly CorpusFile[],
  texts: TableTexts,
  config: TokenizerConfig,
  heard: (bytes: number) => void,
  mostWords = MOST_WORDS,
): Promise<Map<string, number>> {
  const normalize = createNormalizer(config);
  const counts = new Map<string, number>();
  let rarest = 1;
  for (const { path } of files) {
    for await (const lines of readDocuments(path, texts, heard)) {
      for (const line of lines.map(cleanLine)) {
        if (junkReason(line) !== undefined) continue;
        const { text } = normalize(line);
        const words = preTokenize(text);
        for (let i = 0; i < words.length; i += 2) {
          const word = text.slice(words[i], words[i + 1]);
          if (word.length <= MAX_WORD_CODE_POINTS) counts.set(word, (counts.get(word) ?? 0) + 1);
        }
      }
      while (counts.size > mostWords) {
        for (const [word, count] of counts) if (count <= rarest) counts.delete(word);
        rarest++;
      }
    }
  }
  return counts;
}
