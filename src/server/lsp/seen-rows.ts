import { createHash } from 'node:crypto';
import { isAbsolute, join, resolve } from 'node:path';
import type { Basis } from '../data/checks/finding';
import { chooseColumns, sampleRows } from '../data/columns';
import { decodeText } from '../data/decode';
import { isBlankRow } from '../data/read';
import { rowValues, scanCells } from '../data/scanner';
import type { Files, Log } from '../env';
import { parseRowlightJson } from '../model/rowlight-json';
import { parseRun, RUN_FILE, textHash, type RunRecord } from '../runs/run-folder';
import { dialectOf } from './dialect';
import type { ModelCard } from './model-of-file';
import { inSlices } from './slices';
import { pathOf } from './workspace';

/** Tells what a model's prediction about a text of a document is worth. */
export type Judge = (text: string, textB: string | undefined) => Basis;

/** Largest training file, in bytes, whose texts are remembered: reading a larger one would hold the event loop. */
const MOST_BYTES = 30_000_000;

/** Decides which rows a model has seen, by the record of the run that made it; kept for the pairs of model and document used last. */
export function createSeenRows(files: Files, log: Log): (card: ModelCard, uri: string) => Promise<Judge> {
  const cache = new Map<string, Promise<Judge>>();
  return (card, uri) => {
    const key = `${card.id}\0${uri}`;
    let judge = cache.get(key);
    if (!judge) {
      judge = decide(files, card, pathOf(uri)).catch((error: unknown) => {
        log.warn('what a model was trained on could not be read', { model: card.folder, error: String(error) });
        return () => 'unknown' as const;
      });
      cache.set(key, judge);
      for (const old of cache.keys()) if (cache.size > 4) cache.delete(old);
    }
    return judge;
  };
}

async function decide(files: Files, card: ModelCard, path: string | undefined): Promise<Judge> {
  // Its run lies on another machine.
  if (card.server !== undefined) return () => 'unknown';
  const file = join(card.folder, RUN_FILE);
  if (!(await files.exists(file))) return withoutRun(files, card, path);
  const record = parseRun(await files.read(file), file);
  const heldOut = new Set(record.split?.heldOut.map(({ hash }) => hash));
  // The run folder is `ROOT/.rowlight/runs/ID` where a relative path was given in the workspace.
  const data = isAbsolute(record.data.path) ? record.data.path : resolve(card.folder, '../../..', record.data.path);
  const texts = await trainingTexts(files, data, record);
  return (text, textB) => {
    const hash = textHash(text, textB);
    if (heldOut.has(hash)) return 'held-out';
    // The file has changed since: any row of it may have been there.
    if (!texts) return data === path ? 'trained' : 'unseen';
    return texts.has(hash) ? 'trained' : 'unseen';
  };
}

/** A model that came without its run: it was trained on this very file, or nobody knows. */
async function withoutRun(files: Files, { checkpoint }: ModelCard, path: string | undefined): Promise<Judge> {
  const own = join(checkpoint, 'rowlight.json');
  const hash = (await files.exists(own)) ? parseRowlightJson(await files.read(own), own).dataHash : undefined;
  if (hash === undefined || path === undefined || !(await files.exists(path))) return () => 'unknown';
  const trained = (await sha256(await files.read(path))) === hash;
  return () => (trained ? 'trained' : 'unknown');
}

/** The hashes of the texts of a run's data file; undefined where the file is gone, has changed, or is not one that the editor reads. */
async function trainingTexts(files: Files, path: string, record: RunRecord): Promise<Set<string> | undefined> {
  if (!(await files.exists(path)) || /\.(jsonl|ndjson|json)$/i.test(path)) return undefined;
  const bytes = await files.read(path);
  if (bytes.length > MOST_BYTES || (await sha256(bytes)) !== record.data.sha256) return undefined;
  const { text } = decodeText(bytes);
  const index = scanCells(text, dialectOf('', path, text) ?? 'tsv');
  const sample = sampleRows(index.rowCount, (row) => rowValues(text, index, row));
  const { text: name, textB, label } = record.columns;
  const { columns } = chooseColumns(sample, { text: name, label, ...(textB === undefined ? {} : { textB }) });
  const texts = new Set<string>();
  function* collect(): Generator<void, void> {
    for (let row = columns.header ? 1 : 0; row < index.rowCount; row++) {
      if (row % 64 === 0) yield;
      const cells = rowValues(text, index, row);
      const labelled = (cells[columns.label?.index ?? -1]?.trim() ?? '') !== '';
      if (labelled && !isBlankRow(cells)) {
        texts.add(
          textHash(cells[columns.text?.index ?? -1] ?? '', columns.textB ? cells[columns.textB.index] : undefined),
        );
      }
    }
  }
  await inSlices(collect());
  return texts;
}

/** SHA-256 of bytes, hexadecimal, a megabyte at a time. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  function* update(): Generator<void, void> {
    for (let at = 0; at < bytes.length; at += 1 << 20) {
      hash.update(bytes.subarray(at, at + (1 << 20)));
      yield;
    }
  }
  await inSlices(update());
  return hash.digest('hex');
}
