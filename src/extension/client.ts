import * as vscode from 'vscode';
import {
  LanguageClient,
  State,
  TransportKind,
  type LanguageClientOptions,
  type ServerOptions,
} from 'vscode-languageclient/node';
import { LANGUAGE_IDS, SCHEMES } from '../protocol/languages';
import { GetOpenText, type InitializationOptions } from '../protocol/messages';
import { chosenColumns } from './chosen-columns';
import { chosenModels } from './chosen-models';

/**
 * The language client of this window. The server runs on the editor's own Node over IPC. Crashes are the library's business: it restarts the
 * server up to four times in three minutes (`DefaultErrorHandler`), then says so and stops.
 */
export function createClient(extension: vscode.ExtensionContext, log: vscode.LogOutputChannel): LanguageClient {
  const module = extension.asAbsolutePath('dist/server.cjs');
  const server: ServerOptions = {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
  };
  const options: LanguageClientOptions = {
    documentSelector: LANGUAGE_IDS.flatMap((language) => SCHEMES.map((scheme) => ({ language, scheme }))),
    outputChannel: log,
    initializationOptions: (): InitializationOptions => ({
      chosen: chosenModels(extension.workspaceState),
      columns: chosenColumns(extension.workspaceState),
      openTexts: true,
      trusted: vscode.workspace.isTrusted,
    }),
    diagnosticPullOptions: { onChange: true, onSave: true },
  };
  const client = new LanguageClient('rowlight', 'Rowlight', server, options);
  client.onRequest(GetOpenText.method, ({ uri }: { readonly uri: string }) => openText(vscode.Uri.parse(uri)));
  return client;
}

function openText(uri: vscode.Uri): string | null {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  return open?.getText() ?? null;
}

/** Calls back each time the server is up again from now on. */
export function onRunning(client: LanguageClient, listener: () => void): void {
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Running) listener();
  });
}
