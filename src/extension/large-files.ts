import * as vscode from 'vscode';
import { DATA_EXTENSIONS } from '../protocol/languages';
import { StatusChanged } from '../protocol/messages';
import type { ServerStatus } from '../protocol/status';
import type { Context } from './context';
import { predictCommand } from './predict-command';

/**
 * Bytes above which a file may be one that VS Code passes to no extension: its limit is as many UTF-16 units
 * (`microsoft/vscode`, `src/vs/editor/common/model/textModel.ts`, `_MODEL_SYNC_LIMIT`), and no unit takes less than a byte.
 */
const SYNC_LIMIT = 50 * 1024 * 1024;

const NOTED = 'rowlight.largeFilesNoted';
const MOST_NOTED = 100;

/**
 * Says once for each data file that is too large for an editor which commands still work on it. Of a file above VS Code's own limit neither
 * this extension nor the server ever hears: it is known by its tab, and by VS Code's refusal to open it as a document.
 */
export function watchLargeFiles(context: Context): vscode.Disposable {
  const consider = (): void => {
    void look(context).catch((error: unknown) => context.log.error(String(error)));
  };
  consider();
  context.client.on(StatusChanged, (status) => noteReadBy(context, status));
  return vscode.Disposable.from(
    vscode.window.tabGroups.onDidChangeTabs(consider),
    vscode.window.tabGroups.onDidChangeTabGroups(consider),
  );
}

async function look(context: Context): Promise<void> {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputText) || input.uri.scheme !== 'file') return;
  const { uri } = input;
  if (!DATA_EXTENSIONS.some((extension) => uri.path.toLowerCase().endsWith(extension))) return;
  if ((await vscode.workspace.fs.stat(uri)).size <= SYNC_LIMIT) return;
  // The editor has it already, so this costs nothing; it is refused exactly where nothing is passed on.
  const refused = await vscode.workspace.openTextDocument(uri).then(
    () => false,
    () => true,
  );
  if (!refused) return;
  context.status.unread(uri);
  await note(context, uri);
}

/** Files that the server was given but finds too large. */
function noteReadBy(context: Context, { files }: ServerStatus): void {
  for (const [uri, { kind }] of Object.entries(files)) {
    if (kind === 'too-large') void note(context, vscode.Uri.parse(uri));
  }
}

async function note({ extension }: Context, uri: vscode.Uri): Promise<void> {
  const noted = extension.workspaceState.get<string[]>(NOTED, []);
  if (noted.includes(uri.toString())) return;
  await extension.workspaceState.update(NOTED, [...noted, uri.toString()].slice(-MOST_NOTED));
  const message = vscode.l10n.t(
    '{0} is too large for predictions in the editor. The command line still reads it: "rowlight predict", "rowlight evaluate", "rowlight train".',
    vscode.workspace.asRelativePath(uri),
  );
  const copy = vscode.l10n.t('Copy Command');
  if ((await vscode.window.showInformationMessage(message, copy)) !== copy) return;
  const command = predictCommand(extension.asAbsolutePath('dist/cli.cjs'), uri.fsPath, process.platform);
  await vscode.env.clipboard.writeText(command);
}
