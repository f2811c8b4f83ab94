import { selectEngine } from '../engine/select';
import { RowlightError } from '../errors';
import { createEncoder, normalise } from '../inference/encoder';
import type { TextInput } from '../inference/prediction';
import { loadEncoder } from '../runs/load-classifier';
import { readDataFile } from '../runs/read-data';
import { readLines } from './lines';
import {
  type ColumnOptions,
  type EngineOptions,
  type PoolingOptions,
  columnSettingsOf,
  engineSettings,
} from './options';
import { type VectorOutput, openVectorOutput } from './vector-output';
import { modelPath, stderrLog } from './world';

/** Options of `rowlight encode`. */
export interface EncodeOptions extends Omit<EngineOptions, 'json'>, ColumnOptions, PoolingOptions {
  readonly format: 'tsv' | 'jsonl' | 'npy';
  readonly normalize: boolean;
  readonly output?: string;
}

/** Rows that are encoded together, so that texts of like length share a batch and few vectors wait to be written. */
const CHUNK = 512;

/**
 * `rowlight encode MODEL [FILE|-]`: the vector of each row of a file, or of each line for as long as standard input lasts. There are as many vectors
 * as rows, in their order; a row without text has zeros.
 */
export async function encodeCommand(path: string, source: string, options: EncodeOptions): Promise<void> {
  const pooling = { strategy: options.pooling, layers: options.layers };
  if (options.format === 'tsv' && pooling.strategy === 'none')
    throw new RowlightError('bad-argument', '--pooling none: a vector for each token needs --format jsonl or npy');
  const model = await loadEncoder(modelPath(path), options.maxLength);
  const encoder = await createEncoder(await selectEngine(engineSettings({ ...options, json: false })), model, pooling);
  const { width, maxLength } = encoder;
  const perText = pooling.strategy === 'none' ? maxLength : undefined;
  const log = stderrLog(options.verbose);
  const counts = { cut: 0, empty: 0 };

  const encode = async (inputs: readonly TextInput[], output: VectorOutput): Promise<void> => {
    const texts = inputs.filter(({ text, textB }) => `${text}${textB ?? ''}`.trim() !== '');
    const answers = (await encoder.encode(texts))[Symbol.iterator]();
    const full = new Set(texts);
    counts.empty += inputs.length - texts.length;
    const encoded = inputs.map((input) => {
      if (!full.has(input))
        return { ...input, vector: new Float32Array(perText === undefined ? width : 0), truncated: false };
      const { vector, truncated } = answers.next().value!;
      if (truncated) counts.cut++;
      return { ...input, vector: options.normalize ? normalise(vector, width) : vector, truncated };
    });
    await output.write(encoded);
  };

  try {
    const rows = source === '-' ? undefined : await rowsOf(source, options);
    const output = await openVectorOutput({
      format: options.format,
      width,
      perText,
      ...(options.output === undefined ? {} : { path: options.output }),
      ...(rows === undefined ? {} : { count: rows.length }),
    });
    try {
      if (rows === undefined)
        for await (const lines of readLines(process.stdin)) await encode(lines.map(toInput), output);
      else for (let from = 0; from < rows.length; from += CHUNK) await encode(rows.slice(from, from + CHUNK), output);
      await output.finish();
    } catch (error) {
      await output.abandon();
      throw error;
    }
  } finally {
    await encoder.dispose();
  }
  if (counts.cut > 0)
    log.warn(`${source}: ${counts.cut} texts are longer than ${maxLength} tokens and were cut (--max-length)`);
  if (counts.empty > 0) log.warn(`${source}: ${counts.empty} rows have no text; their vectors are zeros`);
}

/** A text, or a pair with a tab between. */
function toInput(line: string): TextInput {
  const [text, ...rest] = line.split('\t');
  return rest.length === 0 ? { text: line } : { text: text!, textB: rest.join('\t') };
}

/** Every row of a file; one without text as an empty text. */
async function rowsOf(path: string, options: EncodeOptions): Promise<TextInput[]> {
  const { dataset } = await readDataFile(path, stderrLog(options.verbose), { columns: columnSettingsOf(options) });
  if (dataset.columns.text === undefined)
    throw new RowlightError('bad-data', `${path}: no text column was found; name it with --text-column`);
  const byRow = new Map(
    dataset.examples.map(({ row, text, textB }) => [row, { text, ...(textB === undefined ? {} : { textB }) }]),
  );
  return dataset.rows.map((_, row) => byRow.get(row) ?? { text: '' });
}
