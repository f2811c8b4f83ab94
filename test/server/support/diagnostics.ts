import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  CancellationToken,
  CodeActionRequest,
  DiagnosticSeverity,
  DocumentDiagnosticRequest,
  type CodeAction,
  type CodeActionParams,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type FullDocumentDiagnosticReport,
  type TextEdit,
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

/** The code actions for these diagnostics, asked at the first of them; `only` restricts their kinds. */
export async function codeActions(
  client: TestClient,
  uri: string,
  diagnostics: readonly Diagnostic[],
  only?: readonly string[],
): Promise<CodeAction[]> {
  const start = { line: 0, character: 0 };
  const params: CodeActionParams = {
    textDocument: { uri },
    range: diagnostics[0]?.range ?? { start, end: start },
    context: { diagnostics: [...diagnostics], ...(only ? { only: [...only] } : {}) },
  };
  return ((await client.send(CodeActionRequest.type, params)) ?? []) as CodeAction[];
}

/** What an action makes of a text; the edit must be of this document and version, null for one that the server does not follow. */
export function applied(text: string, action: CodeAction | undefined, uri: string, version: number | null = 1): string {
  const [change, ...more] = action?.edit?.documentChanges ?? [];
  assert.equal(more.length, 0);
  assert.ok(change && 'textDocument' in change, `${action?.title} edits no document`);
  assert.deepEqual(change.textDocument, { uri, version });
  return TextDocument.applyEdits(TextDocument.create(uri, 'tsv', 1, text), change.edits as TextEdit[]);
}
