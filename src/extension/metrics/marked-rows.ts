import * as vscode from 'vscode';
import type { FoundRows } from '../../protocol/metrics';

/** Shows rows of a data file in an editor: one in the middle, all of them marked until others are. */
export class MarkedRows implements vscode.Disposable {
  readonly #mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
    border: '1px dotted',
    borderColor: new vscode.ThemeColor('editor.findMatchHighlightBorder'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.findMatchForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });

  /** Opens the file where it isn't visible, beside the page, and goes to the first row that is still there. No row is: no editor opens. */
  async show({ path, rows }: FoundRows, focus: 'editor' | 'page'): Promise<void> {
    const lines = rows.flatMap(({ line }) => (line === null ? [] : [line]));
    const [first] = lines;
    if (first === undefined) return;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    const visible = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: visible?.viewColumn ?? vscode.ViewColumn.Beside,
      preserveFocus: focus === 'page',
      selection: new vscode.Range(first, 0, first, 0),
    });
    editor.revealRange(new vscode.Range(first, 0, first, 0), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    this.clear();
    editor.setDecorations(
      this.#mark,
      lines.map((line) => new vscode.Range(line, 0, line, 0)),
    );
  }

  /** Takes the marks away. */
  clear(): void {
    for (const editor of vscode.window.visibleTextEditors) editor.setDecorations(this.#mark, []);
  }

  dispose(): void {
    this.#mark.dispose();
  }
}
