import { loadModelFolder } from '../model/model-folder';
import { nodeFiles } from '../node-files';
import { tokenizerOf } from '../runs/load-classifier';
import { readDataFile } from '../runs/read-data';
import type { Encoding } from '../tokenizer/encoding';
import { readLines, writeOut } from './lines';
import { type ColumnOptions, columnSettingsOf } from './options';
import { modelPath, stderrLog } from './world';

/** Options of `rowlight tokenize`. */
export interface TokenizeOptions extends ColumnOptions {
  readonly format: 'tsv' | 'jsonl';
  readonly maxLength?: number;
  readonly verbose: boolean;
}

/** `rowlight tokenize MODEL [FILE|-]`: what the model sees of each text: the tokens, or with `--format jsonl` ids and offsets too. */
export async function tokenizeCommand(model: string, source: string, options: TokenizeOptions): Promise<void> {
  const { tokenizer, maxLength } = tokenizerOf(await loadModelFolder(nodeFiles, modelPath(model)), options.maxLength);
  const write = (text: string, textB?: string) =>
    writeOut(line(tokenizer.encode(text, textB, maxLength), options.format));
  if (source === '-') {
    for await (const lines of readLines(process.stdin)) {
      for (const text of lines) await write(...(text.split('\t', 2) as [string, string?]));
    }
  } else {
    const { dataset } = await readDataFile(source, stderrLog(options.verbose), { columns: columnSettingsOf(options) });
    for (const { text, textB } of dataset.examples) await write(text, textB);
  }
}

function line({ tokens, ids, typeIds, offsets, truncated }: Encoding, format: 'tsv' | 'jsonl'): string {
  if (format === 'tsv') return `${tokens.join(' ')}\n`;
  const pairs = tokens.map((_, i) => [offsets[2 * i], offsets[2 * i + 1]]);
  return `${JSON.stringify({ tokens, ids: [...ids], type_ids: [...typeIds], offsets: pairs, truncated })}\n`;
}
