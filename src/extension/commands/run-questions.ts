import * as vscode from 'vscode';
import { MAX_RUN_NAME } from '../../protocol/run-actions';

/** Asks for a name for people of a run of any kind; an empty one takes it away. Undefined where the user leaves. */
export async function askRunName({
  id,
  name,
}: {
  readonly id: string;
  readonly name?: string;
}): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Rename Run'),
    prompt: vscode.l10n.t('A name for {0}; empty: the name of its data file', id),
    value: name ?? '',
    validateInput: (text) =>
      text.trim().length > MAX_RUN_NAME ? vscode.l10n.t('At most {0} characters', MAX_RUN_NAME) : undefined,
  });
}

/** Asks whether the folder of a run of any kind may be deleted. */
export async function confirmDeletion(question: string, folder: string): Promise<boolean> {
  const remove = vscode.l10n.t('Delete');
  const detail = vscode.l10n.t('{0}\nThis cannot be undone. Your data file stays.', folder);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) === remove;
}
