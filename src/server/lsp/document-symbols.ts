import { SymbolKind, type Connection, type DocumentSymbol, type ServerCapabilities } from 'vscode-languageserver';
import type { Log } from '../env';
import type { Documents } from './documents';
import type { FileStates } from './file-states';
import { handler } from './handler';

/**
 * The header as the one symbol of a file: it stays at the top while the rows scroll, where the editor keeps the enclosing symbols there. Without
 * any symbol the editor goes by indentation, and a row that begins with an empty label cell looks like a part of the row above.
 */
export function registerDocumentSymbols(
  connection: Connection,
  { documents, files, log }: { readonly documents: Documents; readonly files: FileStates; readonly log: Log },
): ServerCapabilities {
  connection.onDocumentSymbol(
    handler<{ textDocument: { uri: string } }, DocumentSymbol[]>(
      log,
      'symbols',
      [],
      async ({ textDocument: { uri } }) => {
        const columns = (await files.get(uri))?.columns;
        const document = documents.get(uri);
        if (!columns || !document?.index?.rowCount) return [];
        const { index, lines } = document;
        const header = { start: lines.positionAt(index.rowStart(0)), end: lines.positionAt(index.rowEnd(0)) };
        const end = columns.headerless ? header.end : lines.positionAt(index.rowEnd(index.rowCount - 1));
        const name = columns.names.join(' · ');
        return [{ name, kind: SymbolKind.Struct, range: { start: header.start, end }, selectionRange: header }];
      },
    ),
  );
  return { documentSymbolProvider: true };
}
