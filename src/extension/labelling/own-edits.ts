import type * as vscode from 'vscode';

/** Documents that Rowlight is editing now, with the number of its edits under way. */
const under = new Map<vscode.TextDocument, number>();

/** Makes an edit of Rowlight's own: while it is under way, {@link isOwnEdit} says so of the document's changes. */
export async function ownEdit<T>(document: vscode.TextDocument, edit: () => Thenable<T>): Promise<T> {
  under.set(document, (under.get(document) ?? 0) + 1);
  try {
    return await edit();
  } finally {
    const left = (under.get(document) ?? 1) - 1;
    if (left > 0) under.set(document, left);
    else under.delete(document);
  }
}

/** Whether a change of the document that is told now is of Rowlight's own making. */
export function isOwnEdit(document: vscode.TextDocument): boolean {
  return under.has(document);
}
