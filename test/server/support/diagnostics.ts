import {
  CancellationToken,
  DiagnosticSeverity,
  DocumentDiagnosticRequest,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type FullDocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import type { TestClient } from './pair';

/** Pulls the diagnostics of a document. */
export function pull(
  client: TestClient,
  uri: string,
  previousResultId?: string,
  token = CancellationToken.None,
): Promise<DocumentDiagnosticReport> {
  const previous = previousResultId === undefined ? {} : { previousResultId };
  return client.send(DocumentDiagnosticRequest.type, { textDocument: { uri }, ...previous }, token);
}

/** Pulls the diagnostics of a document as a client that has none. */
export async function fullReport(client: TestClient, uri: string): Promise<FullDocumentDiagnosticReport> {
  return (await pull(client, uri)) as FullDocumentDiagnosticReport;
}

const SEVERITIES = {
  [DiagnosticSeverity.Error]: 'error',
  [DiagnosticSeverity.Warning]: 'warning',
  [DiagnosticSeverity.Information]: 'information',
  [DiagnosticSeverity.Hint]: 'hint',
} as const;

/** Diagnostics as `line:character-line:character severity code`. */
export function diagnosticLines(items: readonly Diagnostic[]): string[] {
  return items.map(({ range: { start, end }, severity, code }) => {
    const place = `${start.line}:${start.character}-${end.line}:${end.character}`;
    return `${place} ${SEVERITIES[severity ?? 1]} ${String(code)}`;
  });
}
