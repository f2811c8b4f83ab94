import { DiagnosticSeverity, type Diagnostic, type Range } from 'vscode-languageserver';
import { gravityOf, type Finding, type Gravity } from '../data/checks/finding';
import type { FileColumns } from '../data/file-columns';
import type { DataDocument } from './documents';
import type { DiagnosticTexts, MessageFacts } from './diagnostics-text';
import type { Encoding } from '../data/detect-encoding';

/** What all of Rowlight's diagnostics say they come from. */
export const SOURCE = 'Rowlight';

const SEVERITY: Readonly<Record<Gravity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** What a diagnostic carries for its fixes: what the row said, so that a fix is offered only where it still does. */
export interface FixData {
  readonly label?: string;
  /** The label to put in its place. */
  readonly better?: string;
  readonly encoding?: Encoding;
}

/** What a finding is turned into a diagnostic with. */
export interface WireParts {
  readonly document: DataDocument;
  readonly columns: FileColumns;
  readonly texts: DiagnosticTexts;
  readonly facts: MessageFacts;
  /** How many UTF-16 units of a row's text the model reads. */
  readonly readUnits: (row: number) => number;
}

/** A finding as the protocol says it. */
export function toDiagnostic(finding: Finding, parts: WireParts): Diagnostic {
  const { document, texts, facts } = parts;
  const related =
    'twin' in finding
      ? {
          relatedInformation: [
            {
              location: { uri: document.uri, range: rangeOf({ ...finding, row: finding.twin }, parts) },
              message: texts.twin(facts.lineOf(finding.twin), finding.other),
            },
          ],
        }
      : {};
  return {
    range: rangeOf(finding, parts),
    severity: SEVERITY[gravityOf(finding)],
    code: finding.code,
    source: SOURCE,
    message: texts.finding(finding, facts),
    ...related,
    ...dataOf(finding),
  };
}

/** What the fixes of a finding need to know. */
function dataOf(finding: Finding): { data?: FixData } {
  if (finding.code === 'near-label') return { data: { label: finding.label, better: finding.meant } };
  if (finding.code === 'contradicted-label') return { data: { label: finding.label, better: finding.predicted } };
  return finding.code === 'unknown-label' ? { data: { label: finding.label } } : {};
}

/** Where a finding is underlined. */
function rangeOf(finding: Finding, { document, columns, readUnits }: WireParts): Range {
  const { row } = finding;
  switch (finding.code) {
    case 'ragged-row':
      return rowRange(document, row);
    case 'open-quote':
      return firstLine(cellRange(document, row, finding.cell));
    case 'damaged-text': {
      const { start, end } = finding.damage;
      return cellRange(document, row, finding.cell, start, end);
    }
    case 'truncated-text':
      return cellRange(document, row, finding.cell, readUnits(row));
    case 'duplicate-text':
      return cellRange(document, row, columns.text);
    case 'conflicting-labels':
      return cellRange(document, row, columns.label ?? columns.text);
    case 'empty-text':
    case 'unknown-label':
    case 'near-label':
    case 'label-blanks':
    case 'contradicted-label':
      return cellRange(document, row, finding.cell);
  }
}

/** Range of a row without its line break. */
export function rowRange({ index, lines }: DataDocument, row: number): Range {
  return { start: lines.positionAt(index?.rowStart(row) ?? 0), end: lines.positionAt(index?.rowEnd(row) ?? 0) };
}

/** Range of a cell, or of a part of it from `start` to `end` in UTF-16 units; the row's end where it has no such cell. */
function cellRange(document: DataDocument, row: number, cell: number, start = 0, end?: number): Range {
  const { index, lines } = document;
  if (!index || cell >= index.cellCount(row)) {
    const at = lines.positionAt(index?.rowEnd(row) ?? 0);
    return { start: at, end: at };
  }
  const [from, to] = [index.cellStart(row, cell), index.cellEnd(row, cell)];
  return {
    start: lines.positionAt(Math.min(from + start, to)),
    end: lines.positionAt(end === undefined ? to : Math.min(from + end, to)),
  };
}

/** A range cut to its first line. */
function firstLine({ start, end }: Range): Range {
  return { start, end: end.line === start.line ? end : { line: start.line + 1, character: 0 } };
}
