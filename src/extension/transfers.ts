import * as vscode from 'vscode';
import type { RequestType } from '../protocol/messages';
import { TransferringModel } from '../protocol/models';
import type { ClientHolder } from './client-holder';

/** Who shows the progress of what is under way, by the id that its request names. */
const under = new Map<string, (act: 'download' | 'import' | 'export', done: number, total: number) => void>();

/** Passes the server's progress on. */
export function followTransfers(client: ClientHolder): void {
  client.on(TransferringModel, ({ id, act, done, total }) => under.get(id)?.(act, done, total));
}

/**
 * Sends a request that moves many bytes, behind a notification with a bar and Cancel; undefined where the user cancels.
 * @param id what the server calls it in its reports
 */
export function transfer<Params, Result>(
  client: ClientHolder,
  title: string,
  id: string,
  type: RequestType<Params, Result>,
  params: Params,
): Thenable<Result | undefined> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const began = Date.now();
      let reached = 0;
      under.set(id, (act, done, total) => {
        const now = total === 0 ? 100 : (100 * done) / total;
        const left = Math.ceil(((total - done) / done) * ((Date.now() - began) / 60_000));
        const [have, whole] = [megabytes(done), megabytes(total)];
        const message =
          act === 'download' && done > 0
            ? vscode.l10n.t('{0} of {1} MB, {2} min left', have, whole, left)
            : act === 'import'
              ? vscode.l10n.t('importing, {0}%', now.toFixed(0))
              : vscode.l10n.t('{0} of {1} MB', have, whole);
        progress.report({ increment: Math.max(0, now - reached), message });
        reached = Math.max(reached, now);
      });
      try {
        return await client.request(type, params, token);
      } catch (error) {
        if (token.isCancellationRequested) return undefined;
        throw error;
      } finally {
        under.delete(id);
      }
    },
  );
}

/** The proxy of the editor's settings; empty where they name none. */
export const editorProxy = (): string => vscode.workspace.getConfiguration('http').get('proxy', '');

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
