import * as vscode from 'vscode';

/** Shows a file where it lies: in the system's file manager, or in the explorer where the files lie on another machine. */
export async function reveal(file: vscode.Uri): Promise<void> {
  const remote = vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web;
  await vscode.commands.executeCommand(remote ? 'revealInExplorer' : 'revealFileInOS', file);
}
