import { dirname, join } from 'node:path';
import type { FileColumns } from '../data/file-columns';
import { LABEL_SET_FILE, type LabelSet, parseLabelSet } from '../data/label-set';
import { orderLabels } from '../data/labels';
import type { DataDocument } from './documents';
import type { ServerEnv } from './environment';
import type { LabelTallies } from './label-tally';
import { pathOf } from './workspace';

/** The labels that a file's rows may get. */
export interface FileLabels {
  readonly set: LabelSet;
  /** `file`: of the `labels.json` beside it; `values`: what its cells and its model say. */
  readonly source: 'file' | 'values';
  /** Where `labels.json` lies or would lie; undefined for an untitled document. */
  readonly path: string | undefined;
  /** One line: why a `labels.json` that is there doesn't count. */
  readonly problem?: string;
}

/** Tells the label set of open documents. */
export interface LabelSets {
  /**
   * The labels of a file: those of `labels.json` where there is one; else those in its cells and those that its model knows, in canonical
   * order.
   * @param known labels of the model
   */
  of(document: DataDocument, columns: FileColumns, known: readonly string[]): Promise<FileLabels>;
  /** The names in the `labels.json` beside a document; undefined where there is none, or one that doesn't count. */
  declared(uri: string): Promise<readonly string[] | undefined>;
  /** One line: why the `labels.json` beside a document doesn't count; undefined where it does or there is none. */
  problem(uri: string): Promise<string | undefined>;
}

/** Reads `labels.json` again when it was written. */
export function createLabelSets(
  { files, stamp }: Pick<ServerEnv, 'files' | 'stamp'>,
  tallies: LabelTallies,
): LabelSets {
  const parsed = new Map<string, { readonly stamp: string; readonly result: LabelSet | string }>();

  /** The file's label set, or why it is broken; undefined where there is none. */
  async function read(path: string): Promise<LabelSet | string | undefined> {
    const now = await stamp(path);
    if (now === undefined) return undefined;
    const known = parsed.get(path);
    if (known?.stamp === now) return known.result;
    const result = await files.read(path).then(
      (content) => {
        try {
          return parseLabelSet(content, LABEL_SET_FILE);
        } catch (error) {
          return String((error as Error).message);
        }
      },
      (error: unknown) => String((error as Error).message),
    );
    parsed.set(path, { stamp: now, result });
    return result;
  }

  async function beside(uri: string): Promise<LabelSet | string | undefined> {
    const own = pathOf(uri);
    return own === undefined ? undefined : read(join(dirname(own), LABEL_SET_FILE));
  }

  return {
    async declared(uri) {
      const found = await beside(uri);
      return typeof found === 'object' ? found.labels.map(({ name }) => name) : undefined;
    },
    async problem(uri) {
      const found = await beside(uri);
      return typeof found === 'string' ? found : undefined;
    },
    async of(document, columns, known) {
      const own = pathOf(document.uri);
      const path = own && join(dirname(own), LABEL_SET_FILE);
      const found = path === undefined ? undefined : await read(path);
      if (typeof found === 'object') return { set: found, source: 'file', path };
      const names = orderLabels([...(await tallies.of(document, columns)).labels(), ...known]);
      const set = { labels: names.map((name) => ({ name })) };
      return { set, source: 'values', path, ...(found === undefined ? {} : { problem: found }) };
    },
  };
}
