import * as vscode from 'vscode';
import { parseClassList, type ClassProblem } from '../../protocol/class-list';
import {
  PreviewFile,
  SetColumns,
  StartLabelling,
  WriteLabelSet,
  type FilePreview,
  type TypedClass,
} from '../../protocol/start-labelling';
import { rememberColumns } from '../chosen-columns';
import type { Context } from '../context';
import { applyEdits } from '../labelling/apply-act';
import { activeDataEditor } from './active-data';

/**
 * Makes the active file ready to be labelled: which column, which classes; then one edit adds the label column, `labels.json` is written, and
 * labelling mode begins.
 */
export async function labelFile({ client, extension, labelling }: Context): Promise<void> {
  const editor = activeDataEditor();
  const { document } = editor;
  const uri = document.uri.toString();
  await saveLabels(document);
  const preview = await client.request(PreviewFile, { uri });
  const textColumn = await pickColumn(preview);
  if (textColumn === undefined) return;
  const classes = await askClasses(preview);
  if (!classes) return;
  const { version } = document;
  const start = await client.request(StartLabelling, { uri, version, textColumn, classes });
  if (!start || document.version !== version) throw changed();
  const { labels } = start;
  if (labels !== undefined && !document.isUntitled) await client.request(WriteLabelSet, { uri, content: labels });
  if (start.edit && !(await applyEdits(editor, [start.edit], version))) throw changed();
  await rememberColumns(extension.workspaceState, document.uri, start.columns);
  await client.request(SetColumns, { uri, columns: start.columns });
  const at = new vscode.Position(start.first.line, start.first.character);
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  await labelling.start(editor);
  if (document.isUntitled) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'labels.json lies beside the data: save the file and run "Rowlight: Start Labelling This File" again.',
      ),
    );
  }
}

async function pickColumn({ columns, text }: FilePreview): Promise<number | undefined> {
  const [only] = columns;
  if (only && columns.length === 1) return only.index;
  const items = columns.map(({ index, name, samples }) => ({
    label: `${index === text ? '$(sparkle)' : '$(circle-outline)'} ${name}`,
    detail: samples.join('  ·  '),
    index,
  }));
  // What looks like texts stands first: Enter takes it.
  items.sort((a, b) => Number(b.index === text) - Number(a.index === text) || a.index - b.index);
  const title = vscode.l10n.t('Which column holds the texts?');
  return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true, ignoreFocusOut: true }))?.index;
}

type Source = vscode.QuickPickItem & { readonly from: 'there' | 'typed' | 'clipboard' };

/** The classes: those that are there, typed ones, or those in the clipboard, which is read only if it is asked for. */
async function askClasses({ labels, source }: FilePreview): Promise<readonly TypedClass[] | undefined> {
  const there = source === 'file' ? vscode.l10n.t('Those of labels.json') : vscode.l10n.t('Those in the file');
  const items: Source[] = [
    ...(labels.length > 1 ? [{ label: `$(tag) ${there}`, description: listed(labels), from: 'there' as const }] : []),
    { label: `$(edit) ${vscode.l10n.t('Type them…')}`, from: 'typed' },
    {
      label: `$(clippy) ${vscode.l10n.t('Those in the clipboard')}`,
      description: vscode.l10n.t('one a line, also with descriptions'),
      from: 'clipboard',
    },
  ];
  const title = vscode.l10n.t('Which classes are there?');
  const picked = await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true });
  switch (picked?.from) {
    case 'there':
      return labels.map((name) => ({ name }));
    case 'typed':
      return typeClasses(labels);
    case 'clipboard': {
      const { classes, problem } = parseClassList(await vscode.env.clipboard.readText());
      if (problem) throw new Error(vscode.l10n.t('The clipboard holds no list of classes: {0}.', describe(problem)));
      return (await confirmed(classes)) ? classes : undefined;
    }
    case undefined:
      return undefined;
  }
}

/** Shows what was understood: a clipboard may hold anything. */
async function confirmed(classes: readonly TypedClass[]): Promise<boolean> {
  const items = [
    { label: `$(check) ${vscode.l10n.t('Start with these {0} classes', classes.length)}` },
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    ...classes.map(({ name, description }) => ({ label: name, ...(description ? { description } : {}) })),
  ];
  const title = vscode.l10n.t('Classes from the clipboard');
  return (await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true })) !== undefined;
}

async function typeClasses(labels: readonly string[]): Promise<readonly TypedClass[] | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Which classes are there?'),
    prompt: vscode.l10n.t('Their names, separated by commas'),
    placeHolder: vscode.l10n.t('complaint, question, praise'),
    value: labels.join(', '),
    ignoreFocusOut: true,
    validateInput: (value) => {
      const { problem } = parseClassList(value);
      return problem && describe(problem);
    },
  });
  return text === undefined ? undefined : parseClassList(text).classes;
}

function describe(problem: ClassProblem): string {
  switch (problem) {
    case 'too-few':
      return vscode.l10n.t('At least two different names, separated by commas');
    case 'too-many':
      return vscode.l10n.t('At most 1,000 classes');
    case 'too-long':
      return vscode.l10n.t('A name has at most 200 characters');
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(', ');
  return names.length > 6 ? `${shown}, … (${names.length})` : shown;
}

/** What is typed in an open `labels.json` counts: it is read from the disk. */
async function saveLabels({ uri }: vscode.TextDocument): Promise<void> {
  const path = vscode.Uri.joinPath(uri, '..', 'labels.json').toString();
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === path);
  if (open?.isDirty) await open.save();
}

function changed(): Error {
  return new Error(vscode.l10n.t('The file changed meanwhile; nothing was done. Try again.'));
}
