import { DidChangeWatchedFilesNotification, type Connection } from 'vscode-languageserver';
import { LABEL_SET_FILE } from '../data/label-set';

/** Calls back when a `labels.json` of the workspace is written, made or deleted, where the client can watch files. */
export function watchLabelSets(
  connection: Connection,
  client: { readonly dynamic: boolean; readonly onReady: (listener: () => void) => void },
  changed: () => void,
): void {
  connection.onDidChangeWatchedFiles(changed);
  client.onReady(() => {
    if (!client.dynamic) return;
    const watchers = [{ globPattern: `**/${LABEL_SET_FILE}` }];
    void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  });
}
