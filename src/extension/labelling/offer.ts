import * as vscode from 'vscode';
import { Commands } from '../../protocol/commands';
import type { ServerStatus } from '../../protocol/status';

const KEY = 'rowlight.offeredLabelling';

/** Most files that are remembered: the oldest may be asked about again. */
const REMEMBERED = 500;

/** Context key that is true while the active file has texts and no label at all: its editor then has a button to start labelling. */
const UNLABELLED = 'rowlight.unlabelled';

/** Offers to start labelling a file that has texts and no label at all: by a message once a file, and by a button. */
export class LabellingOffer implements vscode.Disposable {
  readonly #subscription = vscode.window.onDidChangeActiveTextEditor(() => this.#look());
  #status: ServerStatus | undefined;

  constructor(
    private readonly state: vscode.Memento,
    private readonly fail: (error: unknown) => void,
  ) {}

  update(status: ServerStatus): void {
    this.#status = status;
    this.#look();
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #look(): void {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const file = uri && this.#status?.files[uri.toString()];
    const unlabelled = file?.kind === 'no-model' && file.unlabelled;
    void vscode.commands.executeCommand('setContext', UNLABELLED, unlabelled);
    if (!uri || uri.scheme !== 'file' || !unlabelled || !vscode.workspace.isTrusted) return;
    const offered = this.state.get<string[]>(KEY, []);
    if (offered.includes(uri.toString())) return;
    void this.#offer(uri, offered).catch(this.fail);
  }

  async #offer(uri: vscode.Uri, offered: readonly string[]): Promise<void> {
    // Remembered before it is answered: whoever leaves it open was asked.
    await this.state.update(KEY, [...offered, uri.toString()].slice(-REMEMBERED));
    const start = vscode.l10n.t('Start Labelling');
    const name = vscode.workspace.asRelativePath(uri);
    const answer = await vscode.window.showInformationMessage(vscode.l10n.t('{0} has no labels yet.', name), start);
    if (answer !== start) return;
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand(Commands.labelFile);
  }
}
