import { RowlightError } from '../errors';
import { nodeFiles } from '../node-files';
import type { Segmenter } from '../pretraining/word-groups';

/**
 * Words by jieba: its dictionary, and its hidden Markov model for what the dictionary lacks. The library is jieba-rs as one WebAssembly
 * file for every platform, with the dictionary inside; loading takes half a second.
 * @param dictionary a file of the user's own words in jieba's form: `word [frequency] [tag]` a line. The library keeps them for the whole process
 */
export async function loadJieba(dictionary?: string): Promise<Segmenter> {
  const { add_word, cut } = await import('jieba-wasm');
  for (const { word, frequency } of dictionary === undefined ? [] : await readDictionary(dictionary))
    add_word(word, frequency);
  return (text) => {
    const ends: number[] = [];
    let at = 0;
    // An unpaired surrogate comes back as U+FFFD, which is as long.
    for (const word of cut(text, true)) ends.push((at += word.length));
    return ends;
  };
}

/** Reads a user dictionary. Rejects with reason `bad-data` that names the line where one has no word or no number for a frequency. */
async function readDictionary(path: string): Promise<{ readonly word: string; readonly frequency?: number }[]> {
  const text = new TextDecoder().decode(await nodeFiles.read(path));
  return text.split(/\r?\n/).flatMap((line, number) => {
    const [word, frequency] = line.trim().split(/\s+/);
    if (!word) return [];
    if (frequency === undefined || !/^\d/.test(frequency)) return [{ word }];
    const value = Number(frequency);
    if (Number.isSafeInteger(value) && value < 2 ** 31) return [{ word, frequency: value }];
    throw new RowlightError(
      'bad-data',
      `${path}: line ${number + 1}: frequency "${frequency}" is no whole number; write: word frequency`,
    );
  });
}
