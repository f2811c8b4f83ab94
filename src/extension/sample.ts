import * as vscode from 'vscode';

/**
 * Shows the sample: 1,155 questions to a police service desk, half of them labelled. It is copied once into the extension's own storage, where
 * it may be edited and trained on; a copy that is there already keeps its edits.
 */
export async function showSample(extension: vscode.ExtensionContext): Promise<void> {
  const from = vscode.Uri.joinPath(extension.extensionUri, 'samples', 'police-desk');
  const to = vscode.Uri.joinPath(extension.globalStorageUri, 'samples', 'police-desk');
  const { fs } = vscode.workspace;
  await fs.createDirectory(to);
  const there = new Set((await fs.readDirectory(to)).map(([name]) => name));
  for (const [name, type] of await fs.readDirectory(from)) {
    if (type !== vscode.FileType.File || there.has(name)) continue;
    await fs.copy(vscode.Uri.joinPath(from, name), vscode.Uri.joinPath(to, name));
  }
  await vscode.window.showTextDocument(vscode.Uri.joinPath(to, 'train.tsv'));
}
