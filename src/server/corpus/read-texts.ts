import { readDocuments } from './read-documents';
import { type CorpusFile, isTable } from './sources';

/** The texts of files, all at once: of a table its cells, of a text its lines. Rejects as `readDocuments` does. */
export async function readTexts(files: readonly CorpusFile[], textColumn: string | undefined): Promise<string[]> {
  const texts: string[] = [];
  for (const { path } of files) {
    for await (const lines of readDocuments(path, { textColumn }, () => undefined))
      texts.push(...(isTable(path) ? [lines.join('')] : lines));
  }
  return texts;
}
