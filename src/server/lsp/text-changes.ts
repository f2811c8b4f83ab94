import type { Position, Range, TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { TextEdit } from '../data/scanner';

/**
 * Applies the changes of one `didChange` to a document; calls back after each step with the edit in offsets, or with undefined where the
 * whole text was replaced. Neighbouring changes in descending order, which is how VS Code sends many cursors and a Replace All, are applied
 * as one: each step copies the text once, so a thousand of them would otherwise copy it a thousand times.
 */
export function applyChanges(
  document: TextDocument,
  changes: readonly TextDocumentContentChangeEvent[],
  version: number,
  applied: (text: string, edit: TextEdit | undefined) => void,
): void {
  for (let i = 0; i < changes.length;) {
    const first = changes[i] as TextDocumentContentChangeEvent;
    if (!('range' in first)) {
      TextDocument.update(document, [first], version);
      applied(document.getText(), undefined);
      i++;
      continue;
    }
    const text = document.getText();
    // Pieces of the new text, last piece first.
    const pieces: string[] = [];
    let [start, end] = offsets(document, first.range);
    const oldEnd = end;
    pieces.push(first.text);
    for (i++; i < changes.length; i++) {
      const next = changes[i] as TextDocumentContentChangeEvent;
      if (!('range' in next)) break;
      // Only what lies before all changes so far has the same offsets in the text that they left.
      if (!before(next.range, document.positionAt(start))) break;
      const [nextStart, nextEnd] = offsets(document, next.range);
      pieces.push(text.slice(nextEnd, start), next.text);
      [start, end] = [nextStart, nextEnd];
    }
    const merged = pieces.reverse().join('');
    const range = { start: document.positionAt(start), end: document.positionAt(oldEnd) };
    replace(document, range, start, oldEnd, merged, version);
    applied(document.getText(), { start, oldEnd, newEnd: start + merged.length });
  }
}

function before({ start, end }: Range, position: Position): boolean {
  return [start, end].every(
    ({ line, character }) => line < position.line || (line === position.line && character < position.character),
  );
}

function offsets(document: TextDocument, range: Range): [number, number] {
  const a = document.offsetAt(range.start);
  const b = document.offsetAt(range.end);
  return a <= b ? [a, b] : [b, a];
}

/** An offset between CR and LF is no position; an edit there goes the long way round. */
function replace(
  document: TextDocument,
  range: Range,
  start: number,
  end: number,
  text: string,
  version: number,
): void {
  const exact = document.offsetAt(range.start) === start && document.offsetAt(range.end) === end;
  if (exact) TextDocument.update(document, [{ range, text }], version);
  else {
    const old = document.getText();
    TextDocument.update(document, [{ text: old.slice(0, start) + text + old.slice(end) }], version);
  }
}
