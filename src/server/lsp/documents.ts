import type { Connection, ServerCapabilities } from 'vscode-languageserver';
import { TextDocumentSyncKind } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { SCHEMES } from '../../protocol/languages';
import type { CellIndex, RowChange } from '../data/cell-index';
import { rescanCells, scanCells } from '../data/scanner';
import { dialectOf } from './dialect';
import { applyChanges } from './text-changes';

/** Longest text, in UTF-16 units, that is read in an editor: as much as VS Code itself syncs (`TextModel._MODEL_SYNC_LIMIT`). */
export const MAX_CHARACTERS = 50 * 2 ** 20;

/** An open data file: its text as the client has it, and where its cells lie. */
export interface DataDocument {
  readonly uri: string;
  readonly languageId: string;
  /** The client's version of `text`. */
  readonly version: number;
  /** Positions and offsets of the text. */
  readonly lines: TextDocument;
  readonly text: string;
  /** The cells, kept up to date with `text`; undefined above {@link MAX_CHARACTERS} and for separators that aren't read. */
  readonly index: CellIndex | undefined;
  /** Why there is no index. */
  readonly unread?: 'too-large' | 'separator';
}

/** What happened to a document: `rows` says which of its rows an edit touched, undefined where all of them may have changed. */
export type DocumentEvent =
  | { readonly kind: 'opened'; readonly document: DataDocument }
  | { readonly kind: 'closed'; readonly document: DataDocument }
  | { readonly kind: 'changed'; readonly document: DataDocument; readonly rows: RowChange | undefined };

/** The open documents. */
export interface Documents {
  get(uri: string): DataDocument | undefined;
  all(): Iterable<DataDocument>;
  onEvent(listener: (event: DocumentEvent) => void): void;
  readonly capabilities: ServerCapabilities;
}

class OpenDocument implements DataDocument {
  index: CellIndex | undefined;
  unread?: 'too-large' | 'separator';

  constructor(readonly lines: TextDocument) {
    this.rescan();
  }

  get uri(): string {
    return this.lines.uri;
  }
  get languageId(): string {
    return this.lines.languageId;
  }
  get version(): number {
    return this.lines.version;
  }
  get text(): string {
    return this.lines.getText();
  }

  rescan(): void {
    delete this.unread;
    this.index = undefined;
    const dialect = dialectOf(this.languageId, this.uri, this.text);
    if (this.text.length > MAX_CHARACTERS) this.unread = 'too-large';
    else if (!dialect) this.unread = 'separator';
    else this.index = scanCells(this.text, dialect);
  }
}

/** Keeps the client's documents by incremental sync; a change re-reads only the rows that it touches. */
export function registerDocuments(connection: Connection): Documents {
  const open = new Map<string, OpenDocument>();
  const listeners: ((event: DocumentEvent) => void)[] = [];
  const emit = (event: DocumentEvent): void => {
    for (const listener of listeners) listener(event);
  };

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
    if (!SCHEMES.some((scheme) => uri.startsWith(`${scheme}:`))) return;
    const document = new OpenDocument(TextDocument.create(uri, languageId, version, text));
    open.set(uri, document);
    emit({ kind: 'opened', document });
  });

  connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
    const document = open.get(textDocument.uri);
    if (!document) return;
    const rows: (RowChange | undefined)[] = [];
    applyChanges(document.lines, contentChanges, textDocument.version, (text, edit) => {
      if (!edit || !document.index || text.length > MAX_CHARACTERS) {
        document.rescan();
        rows.push(undefined);
      } else rows.push(rescanCells(document.index, text, edit));
    });
    emit({ kind: 'changed', document, rows: rows.length === 1 ? rows[0] : undefined });
  });

  connection.onDidCloseTextDocument(({ textDocument }) => {
    const document = open.get(textDocument.uri);
    if (!document) return;
    open.delete(textDocument.uri);
    emit({ kind: 'closed', document });
  });

  return {
    get: (uri) => open.get(uri),
    all: () => open.values(),
    onEvent: (listener) => listeners.push(listener),
    capabilities: { textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental } },
  };
}
