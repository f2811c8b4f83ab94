import * as vscode from 'vscode';
import type { Context } from '../context';

/** The icon of a page's tab. */
export function tabIcon(extensionUri: vscode.Uri): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
  const icon = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', 'metrics', `tab-${theme}.svg`);
  return { light: icon('light'), dark: icon('dark') };
}

/** Has messages of a page carried out; a failure is logged and told in one line. `name` is the page's, for the log. */
export function receiveMessages<Message>(
  webview: vscode.Webview,
  name: string,
  log: Context['log'],
  receive: (message: Message) => Promise<void>,
): vscode.Disposable {
  return webview.onDidReceiveMessage((message: Message) => {
    receive(message).catch((error: unknown) => {
      log.error(`${name}: ${oneLine(error)}`);
      void vscode.window.showErrorMessage(oneLine(error));
    });
  });
}

/** What is told of an error. */
export function oneLine(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
