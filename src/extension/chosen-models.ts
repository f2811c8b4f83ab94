import type { Memento, Uri } from 'vscode';

const KEY = 'rowlight.chosenModels';

/** The models chosen by Use Model in this workspace: folder by document uri. */
export function chosenModels(state: Memento): Readonly<Record<string, string>> {
  return state.get<Record<string, string>>(KEY, {});
}

/** Remembers, or with null forgets, the model of a document. */
export async function rememberModel(state: Memento, uri: Uri, folder: string | null): Promise<void> {
  const chosen = new Map(Object.entries(chosenModels(state)));
  if (folder === null) chosen.delete(uri.toString());
  else chosen.set(uri.toString(), folder);
  await state.update(KEY, Object.fromEntries(chosen));
}
