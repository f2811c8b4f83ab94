import type { Memento, Uri } from 'vscode';
import type { ChosenColumns } from '../protocol/start-labelling';

const KEY = 'rowlight.chosenColumns';

/** The columns chosen by Start Labelling in this workspace, by document uri. */
export function chosenColumns(state: Memento): Readonly<Record<string, ChosenColumns>> {
  return state.get<Record<string, ChosenColumns>>(KEY, {});
}

/** Remembers the columns of a document. */
export async function rememberColumns(state: Memento, uri: Uri, columns: ChosenColumns): Promise<void> {
  await state.update(KEY, { ...chosenColumns(state), [uri.toString()]: columns });
}
