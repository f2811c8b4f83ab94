import * as vscode from 'vscode';
import type { RowSnapshot } from '../../protocol/label-acts';
import { toRange } from './apply-act';

/** Marks the current row in the editor over its whole width, in colours of the theme. */
export class RowHighlight implements vscode.Disposable {
  readonly #row = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.wordHighlightStrongBackground'),
    // Only high contrast themes define it: there the row is framed, not tinted.
    borderColor: new vscode.ThemeColor('contrastActiveBorder'),
    borderStyle: 'solid',
    borderWidth: '1px 0',
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.wordHighlightStrongForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });

  /** Marks the row, puts the cursor into its label cell and brings it into view. */
  show(editor: vscode.TextEditor, { lines: [first, last], labelRange }: RowSnapshot): void {
    const { end } = toRange(labelRange);
    const rows = new vscode.Range(first, 0, last, 0);
    editor.setDecorations(this.#row, [rows]);
    editor.selection = new vscode.Selection(end, end);
    editor.revealRange(rows, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  hide(editor: vscode.TextEditor): void {
    editor.setDecorations(this.#row, []);
  }

  dispose(): void {
    this.#row.dispose();
  }
}
