import * as vscode from 'vscode';
import { Commands } from '../protocol/commands';
import { type Serving, ServingEnded } from '../protocol/serving';
import type { ClientHolder } from './client-holder';
import { showFailure } from './commands/registry';

/** The model that this window serves, in a status item of its own as long as it does. A click asks what to do with it. */
export class ServingItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('rowlight.serving', vscode.StatusBarAlignment.Right, 98);
  #now: Serving | undefined;

  constructor(client: ClientHolder) {
    this.#item.name = vscode.l10n.t('Rowlight Server');
    this.#item.command = Commands.startServer;
    client.on(ServingEnded, ({ model, message }) => {
      this.show(undefined);
      void showFailure(vscode.l10n.t('{0} is no longer served: {1}', model, message));
    });
    // A server that crashed took it along.
    client.onRestart(() => this.show(undefined));
  }

  get now(): Serving | undefined {
    return this.#now;
  }

  show(serving: Serving | undefined): void {
    this.#now = serving;
    void vscode.commands.executeCommand('setContext', 'rowlight.serving', serving !== undefined);
    if (!serving) return this.#item.hide();
    this.#item.text = `$(broadcast) ${new URL(serving.address).port}`;
    this.#item.tooltip = vscode.l10n.t('{0} is served at {1} until this window closes', serving.model, serving.address);
    this.#item.accessibilityInformation = { label: `Rowlight: ${this.#item.tooltip}` };
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}
