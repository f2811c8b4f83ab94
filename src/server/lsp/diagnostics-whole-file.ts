import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver';
import type { FindingCode } from '../data/checks/finding';
import type { DataDocument } from './documents';
import type { DiagnosticTexts } from './diagnostics-text';
import { rowRange, SOURCE } from './diagnostics-wire';
import type { FileEncoding } from './file-encodings';

/**
 * Diagnostics about a file as a whole, on its header: read in the wrong encoding, or in one that training doesn't read, or beside a broken
 * `labels.json`.
 * @param badLabels why the `labels.json` beside it doesn't count
 */
export function wholeFileItems(
  document: DataDocument,
  texts: DiagnosticTexts,
  encoding: FileEncoding | undefined,
  badLabels: string | undefined,
): Diagnostic[] {
  const items: Diagnostic[] = [];
  if (encoding?.misread) {
    const message = texts.misread(encoding.encoding);
    const item = onHeader(document, DiagnosticSeverity.Error, 'wrong-encoding', message);
    items.push({ ...item, data: { encoding: encoding.encoding } });
  } else if (encoding && (encoding.encoding === 'gb18030' || encoding.encoding === 'big5')) {
    items.push(onHeader(document, DiagnosticSeverity.Information, 'not-utf8', texts.notUtf8(encoding.encoding)));
  }
  if (badLabels !== undefined)
    items.push(onHeader(document, DiagnosticSeverity.Warning, 'bad-label-set', texts.badLabelSet(badLabels)));
  return items;
}

/** The last diagnostic of a file with too many: how many more there are of each kind. */
export function moreItem(
  document: DataDocument,
  texts: DiagnosticTexts,
  more: ReadonlyMap<FindingCode, number>,
): Diagnostic {
  return onHeader(document, DiagnosticSeverity.Information, 'more-problems', texts.more(more));
}

function onHeader(document: DataDocument, severity: DiagnosticSeverity, code: string, message: string): Diagnostic {
  const start = { line: 0, character: 0 };
  const range = document.index?.rowCount ? rowRange(document, 0) : { start, end: start };
  return { range, severity, code, source: SOURCE, message };
}
