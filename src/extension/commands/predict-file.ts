import { basename } from 'node:path';
import * as vscode from 'vscode';
import {
  FindPredictionTarget,
  WritePredictions,
  WritingPredictions,
  type PredictionTarget,
  type WrittenPredictions,
} from '../../protocol/predict-file';
import type { ClientHolder } from '../client-holder';
import type { Context } from '../context';
import { remark } from '../labelling/notes';
import { countAcceptable, previewAccepted } from './accept-above';
import { activeData } from './active-data';

/** Predicts the active file: fills its empty label cells as one edit with a preview, or writes a copy with the predictions beside it. */
export async function predictFile({ client }: Context): Promise<void> {
  const document = activeData();
  const name = vscode.workspace.asRelativePath(document.uri);
  const target = await client.request(FindPredictionTarget, { uri: document.uri.toString() });
  const items = [
    {
      label: `$(edit) ${vscode.l10n.t('Fill the empty label cells')}`,
      description: vscode.l10n.t('one edit, after a preview in which rows can be left out'),
      to: 'cells' as const,
    },
    {
      label: `$(new-file) ${vscode.l10n.t('Write {0}', basename(target.path))}`,
      description: vscode.l10n.t('a copy with prediction, probability, second choice and its probability'),
      to: 'file' as const,
    },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Predict {0}', name) });
  if (picked?.to === 'cells') await fillCells(client, document);
  if (picked?.to === 'file') await writeFile(client, document, target);
}

async function fillCells(client: ClientHolder, document: vscode.TextDocument): Promise<void> {
  const counted = await countAcceptable(client, document.uri.toString());
  if (!counted) return;
  if (counted.unlabelled === 0) return remark(vscode.l10n.t('Every row with a text has a label already.'));
  await previewAccepted(client, document, counted, 0);
}

async function writeFile(client: ClientHolder, document: vscode.TextDocument, target: PredictionTarget): Promise<void> {
  const chosen = target.exists ? await askToReplace(target) : { path: target.path, replace: false };
  if (!chosen) return;
  const written = await write(client, document.uri, chosen);
  if (!written) return;
  const open = vscode.l10n.t('Open');
  const parts = [
    vscode.l10n.t('{0} rows were predicted and written to {1}.', written.predicted, basename(written.path)),
  ];
  if (written.ragged > 0) {
    parts.push(
      vscode.l10n.t('{0} rows have more cells than the header: their predictions stand further right.', written.ragged),
    );
  }
  const picked = await vscode.window.showInformationMessage(parts.join(' '), open);
  if (picked === open) await vscode.window.showTextDocument(vscode.Uri.file(written.path));
}

/** A file of that name is there: it is replaced only where the user says so. */
async function askToReplace({ path, free }: PredictionTarget): Promise<{ path: string; replace: boolean } | undefined> {
  const replace = vscode.l10n.t('Replace');
  const other = vscode.l10n.t('Write {0}', basename(free));
  const message = vscode.l10n.t('{0} is there already.', basename(path));
  const answer = await vscode.window.showWarningMessage(message, { modal: true }, replace, other);
  if (answer === replace) return { path, replace: true };
  return answer === other ? { path: free, replace: false } : undefined;
}

/** Writes behind a notification with Cancel; undefined where the user cancels. */
function write(
  client: ClientHolder,
  uri: vscode.Uri,
  target: { readonly path: string; readonly replace: boolean },
): Thenable<WrittenPredictions | undefined> {
  const title = vscode.l10n.t('Predicting {0}', vscode.workspace.asRelativePath(uri));
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      let reached = 0;
      writing.set(uri.toString(), (done, total) => {
        const now = total === 0 ? 100 : (100 * done) / total;
        const message = vscode.l10n.t('row {0} of {1}', done, total);
        progress.report({ increment: Math.max(0, now - reached), message });
        reached = Math.max(reached, now);
      });
      try {
        return await client.request(WritePredictions, { uri: uri.toString(), ...target }, token);
      } catch (error) {
        if (token.isCancellationRequested) return undefined;
        throw error;
      } finally {
        writing.delete(uri.toString());
      }
    },
  );
}

/** Who shows the progress of the files under way, by document. */
const writing = new Map<string, (done: number, total: number) => void>();

/** Passes the server's progress on. */
export function followWriting(client: ClientHolder): void {
  client.on(WritingPredictions, ({ uri, done, total }) => writing.get(uri)?.(done, total));
}
