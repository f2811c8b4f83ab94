import * as vscode from 'vscode';
import type { Context } from '../context';
import { remark } from '../labelling/notes';
import { activeDataEditor } from './active-data';

/** Begins labelling mode in the active file. */
export async function startLabelling({ labelling }: Context): Promise<void> {
  await labelling.start(activeDataEditor());
}

/** Ends labelling mode, wherever it is on, when the acts that were asked for are done. */
export async function stopLabelling({ labelling }: Context): Promise<void> {
  await labelling.press({ kind: 'leave' });
}

/** Switches between the order of the file and that in which labels tell the most. */
export function switchOrder({ labelling }: Context): void {
  labelling.order = labelling.order === 'file' ? 'proposed' : 'file';
  remark(
    labelling.order === 'file'
      ? vscode.l10n.t('Labelling mode: rows in the order of the file.')
      : vscode.l10n.t('Labelling mode: the rows first whose labels tell the most.'),
  );
}
