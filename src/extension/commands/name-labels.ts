import * as vscode from 'vscode';
import { namesProblem, parseTypedNames } from '../../protocol/label-names';
import { NameLabels } from '../../protocol/models';
import { PreviewFile } from '../../protocol/start-labelling';
import type { Context } from '../context';
import { activeDataFile } from './active-data';

interface Item extends vscode.QuickPickItem {
  readonly names?: readonly string[];
  readonly from?: 'box' | 'file';
}

/** Asks once for the names of a model's labels and stores them with it; false where the user leaves them for later. */
export async function nameLabels(context: Context, folder: string, model: string, count: number): Promise<boolean> {
  const title = vscode.l10n.t('The {0} labels of {1} have no names', count, model);
  const items: Item[] = [
    ...(await ofActiveFile(context, count)),
    { label: `$(edit) ${vscode.l10n.t('Write them…')}`, from: 'box' },
    { label: `$(file) ${vscode.l10n.t('From a file…')}`, description: vscode.l10n.t('one name a line, in the order of their ids'), from: 'file' }, // prettier-ignore
  ];
  const placeHolder = vscode.l10n.t('The first name is that of id 0. Escape leaves them for later.');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, ignoreFocusOut: true });
  const names = picked?.from === 'box' ? await typed(title, count) : picked?.from === 'file' ? await fromFile(title) : picked?.names; // prettier-ignore
  if (names === undefined) return false;
  const problem = problemText(names, count);
  if (problem !== undefined) throw new Error(problem);
  await context.client.request(NameLabels, { folder, labels: names });
  return true;
}

/** The labels of the active data file in their order, where they are as many. */
async function ofActiveFile({ client }: Context, count: number): Promise<Item[]> {
  const document = activeDataFile();
  if (!document) return [];
  const preview = await client.request(PreviewFile, { uri: document.uri.toString() }).catch(() => undefined);
  if (preview?.labels.length !== count) return [];
  return [
    {
      label: `$(list-ordered) ${vscode.l10n.t('As in {0}', vscode.workspace.asRelativePath(document.uri))}`,
      detail: preview.labels.map((name, id) => `${id}: ${name}`).join(' · '),
      names: preview.labels,
    },
  ];
}

async function typed(title: string, count: number): Promise<string[] | undefined> {
  const line = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('{0} names in the order of their ids, separated by commas', count),
    ignoreFocusOut: true,
    validateInput: (text) => problemText(parseTypedNames(text), count),
  });
  return line === undefined ? undefined : parseTypedNames(line);
}

async function fromFile(title: string): Promise<string[] | undefined> {
  const [file] = (await vscode.window.showOpenDialog({ title, canSelectFiles: true, canSelectFolders: false })) ?? [];
  if (!file) return undefined;
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  return text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/).map((line) => line.trim()).filter((line) => line !== ''); // prettier-ignore
}

function problemText(names: readonly string[], count: number): string | undefined {
  const problem = namesProblem(names, count);
  switch (problem?.kind) {
    case undefined:
      return undefined;
    case 'count':
      return vscode.l10n.t('{0} names, and {1} are needed', names.length, count);
    case 'empty':
      return vscode.l10n.t('A name is empty');
    case 'twice':
      return vscode.l10n.t('"{0}" is there twice', problem.name);
  }
}
