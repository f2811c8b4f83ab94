import * as vscode from 'vscode';
import { GetServerAccess, ServerAccessChanged, type ServedStatus } from '../protocol/server-access';
import { parseServerAddress, type ServerAddress } from '../protocol/server-address';
import type { ClientHolder } from './client-holder';
import { ServerPermissions } from './server-permissions';
import { editorProxy } from './transfers';

/** The user's side of `rowlight.server`: asks whether rows may go there and for the key, and forgets both. */
export class ServerAccess implements vscode.Disposable {
  readonly permissions: ServerPermissions;
  readonly #subscription: vscode.Disposable;
  #address = namedServer();
  /** Whether the box for a key was shown since the server last wanted none. */
  #asked = false;

  constructor(
    extension: vscode.ExtensionContext,
    client: ClientHolder,
    private readonly fail: (error: unknown) => void,
  ) {
    const store = { state: extension.globalState, secrets: extension.secrets };
    this.permissions = new ServerPermissions(store, question, () => client.notify(ServerAccessChanged, null));
    client.answer(GetServerAccess, async ({ root }) => {
      // Only what the machine's settings name now: nobody else's wish is put to the user.
      if (!vscode.workspace.isTrusted || root !== namedServer()?.root) return { allowed: false };
      const proxy = editorProxy();
      return { ...(await this.permissions.of(root)), ...(proxy === '' ? {} : { proxy }) };
    });
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('rowlight.server')) return;
      const before = this.#address;
      this.#address = namedServer();
      // Who clears the setting takes back what was allowed; who writes one wants to be asked.
      if (before && !this.#address) this.permissions.forget(before.root).catch(fail);
      if (this.#address) this.permissions.askAgain();
    });
  }

  /** Asks for the key when the server wants one, or another. */
  update(served: ServedStatus | undefined): void {
    if (served?.state !== 'key') {
      this.#asked = false;
      return;
    }
    if (this.#asked) return;
    this.#asked = true;
    this.askKey(served.root, vscode.l10n.t('{0} wants a key, or another one', served.host)).catch(this.fail);
  }

  /** Shows the box for a key; Escape leaves things as they are. */
  async askKey(root: string, title: string): Promise<void> {
    const key = await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t('The key that {0} was started with; it is kept in the secret storage of the editor.', root),
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) =>
        /^[\x21-\x7e]*$/.test(text.trim()) ? undefined : vscode.l10n.t('A key has letters, digits and signs only.'),
    });
    if (key?.trim()) await this.permissions.setKey(root, key.trim());
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** The server that the setting names now. */
export function namedServer(): ServerAddress | undefined {
  return parseServerAddress(vscode.workspace.getConfiguration('rowlight').get('server', ''));
}

async function question(root: string): Promise<boolean> {
  const allow = vscode.l10n.t('Allow');
  const plain = root.startsWith('http:') && !/^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(root);
  const text = plain
    ? vscode.l10n.t('Send rows of your files to {0}, without encryption, so that its model predicts them?', root) // prettier-ignore
    : vscode.l10n.t('Send rows of your files to {0}, so that its model predicts them?', root);
  return (await vscode.window.showWarningMessage(text, allow, vscode.l10n.t('Not Now'))) === allow;
}
