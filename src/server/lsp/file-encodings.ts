import type { Connection } from 'vscode-languageserver';
import { FileMisread } from '../../protocol/encoding';
import { findDamage } from '../data/checks/damage';
import { decodeStart, detectEncoding, type Encoding } from '../data/detect-encoding';
import type { Log } from '../env';
import type { DataDocument, Documents } from './documents';
import type { ServerEnv } from './environment';
import { inSlices } from './slices';
import { notify } from './wire';
import { pathOf } from './workspace';

/** How the bytes of a file and the text that the editor shows go together. */
export interface FileEncoding {
  /** What the bytes are. */
  readonly encoding: Encoding;
  /** Whether the editor read them as something else. */
  readonly misread: boolean;
}

/** Compares open documents with the bytes on the disk. */
export interface FileEncodings {
  /** Undefined for untitled documents and where the bytes are in no encoding that is recognised. */
  of(document: DataDocument): Promise<FileEncoding | undefined>;
}

/** Beginning of a file by which a text is judged, in bytes. */
const START = 1 << 16;

interface Read {
  readonly stamp: string | undefined;
  readonly content: Promise<{ readonly encoding: Encoding; readonly start: string } | undefined>;
}

/** Reads the bytes of each file when it is opened and when it was written since, and tells the client, once a file, where one is misread. */
export function createFileEncodings(
  connection: Connection,
  documents: Documents,
  env: Pick<ServerEnv, 'files' | 'stamp'>,
  log: Log,
): FileEncodings {
  const reads = new Map<string, Read>();
  const told = new Set<string>();

  documents.onEvent(({ kind, document }) => {
    if (kind === 'opened') void of(document).catch((error: unknown) => log.error('encoding', { error: String(error) }));
    if (kind === 'closed') reads.delete(document.uri);
  });

  async function read(path: string): Promise<{ encoding: Encoding; start: string } | undefined> {
    const bytes = await env.files.read(path);
    const encoding = await inSlices(detectEncoding(bytes));
    return encoding && { encoding, start: decodeStart(encoding, bytes, START) };
  }

  async function of(document: DataDocument): Promise<FileEncoding | undefined> {
    const path = pathOf(document.uri);
    if (path === undefined) return undefined;
    const stamp = await env.stamp(path);
    let known = reads.get(document.uri);
    if (!known || known.stamp !== stamp) {
      const content = stamp === undefined ? Promise.resolve(undefined) : read(path).catch(() => undefined);
      known = { stamp, content };
      reads.set(document.uri, known);
    }
    const content = await known.content;
    if (!content) return undefined;
    const { encoding } = content;
    const misread = isMisread(document.text.slice(0, START), content.start);
    if (misread && !told.has(document.uri)) {
      told.add(document.uri);
      notify(connection, FileMisread, { uri: document.uri, encoding });
    }
    return { encoding, misread };
  }

  return { of };
}

/**
 * Whether a text was read in the wrong encoding, where `right` is how the file begins in its own: the two differ, and the text shows damage
 * that the right one doesn't. A text that differs by edits alone shows none.
 */
function isMisread(text: string, right: string): boolean {
  const plain = (one: string): string => one.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const [shown, meant] = [plain(text), plain(right)];
  const length = Math.min(shown.length, meant.length);
  if (shown.slice(0, length) === meant.slice(0, length)) return false;
  return damages(shown) > 2 * damages(meant);
}

function damages(text: string): number {
  return text.split(/[\t\n,]/).filter((cell) => findDamage(cell) !== undefined).length;
}
