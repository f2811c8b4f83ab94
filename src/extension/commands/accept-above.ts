import * as vscode from 'vscode';
import { CountAcceptable, CountingAcceptable, GetLabelEdits, type AcceptableRows } from '../../protocol/label-acts';
import type { ClientHolder } from '../client-holder';
import type { Context } from '../context';
import { toRange } from '../labelling/apply-act';
import { remark } from '../labelling/notes';
import { ownEdit } from '../labelling/own-edits';
import { activeData } from './active-data';
import { parseNumber } from './parse-number';

/** What the threshold begins with, in per cent. */
const PROPOSED = '95';

/** Labels every unlabelled row whose prediction is at least as probable as a threshold, after a preview in which rows can be left out. */
export async function acceptAbove({ client }: Context): Promise<void> {
  const document = activeData();
  const uri = document.uri.toString();
  const counted = await countAcceptable(client, uri);
  if (!counted) return;
  const probability = await askThreshold(counted);
  if (probability === undefined) return;
  await previewAccepted(client, document, counted, probability);
}

/** Shows the labels of the counted rows above a threshold as one edit to be confirmed. */
export async function previewAccepted(
  client: ClientHolder,
  document: vscode.TextDocument,
  counted: AcceptableRows,
  probability: number,
): Promise<void> {
  const uri = document.uri.toString();
  const { version } = counted;
  const answer = await client.request(GetLabelEdits, { uri, version, act: { kind: 'acceptAbove', probability } });
  if (!answer || document.version !== answer.version) {
    throw new Error(vscode.l10n.t('The file changed meanwhile; nothing was labelled. Try again.'));
  }
  if (answer.edits.length === 0) return remark(vscode.l10n.t('No row is predicted with that probability.'));
  const edit = new vscode.WorkspaceEdit();
  const label = vscode.l10n.t('Predictions of at least {0}%', Number((probability * 100).toFixed(1)));
  const description = vscode.l10n.t('{0} unlabelled rows', answer.edits.length);
  // The preview opens where an edit needs confirmation, and leaves such edits unticked: one that changes nothing opens it, so that the rows
  // begin ticked. The editor sends along the version that the document has now, and applies the edits to no other.
  edit.insert(document.uri, new vscode.Position(0, 0), '', { label, description, needsConfirmation: true });
  for (const { range, text } of answer.edits) {
    edit.replace(document.uri, toRange(range), text, { label, description, needsConfirmation: false });
  }
  await ownEdit(document, () => vscode.workspace.applyEdit(edit));
}

/** Predicts all unlabelled rows, behind all other work; undefined where the user cancels. */
export function countAcceptable(client: ClientHolder, uri: string): Thenable<AcceptableRows | undefined> {
  const title = vscode.l10n.t('Predicting the unlabelled rows');
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      let reached = 0;
      counting.set(uri, (done, total) => {
        const now = total === 0 ? 100 : (100 * done) / total;
        progress.report({
          increment: Math.max(0, now - reached),
          message: vscode.l10n.t('row {0} of {1}', done, total),
        });
        reached = Math.max(reached, now);
      });
      try {
        return await client.request(CountAcceptable, { uri }, token);
      } catch (error) {
        if (token.isCancellationRequested) return undefined;
        throw error;
      } finally {
        counting.delete(uri);
      }
    },
  );
}

/** Who shows the progress of the counts under way, by document. */
const counting = new Map<string, (done: number, total: number) => void>();

/** Passes the server's progress on. */
export function followCounting(client: ClientHolder): void {
  client.on(CountingAcceptable, ({ uri, done, total }) => counting.get(uri)?.(done, total));
}

/** Asks for the threshold, telling at each stroke how many rows lie above it. */
async function askThreshold({ unlabelled, counts }: AcceptableRows): Promise<number | undefined> {
  const parse = (text: string): number | undefined =>
    parseNumber(text.replace(/%$/, ''), { whole: false, least: 0, most: 100 });
  const above = (percent: number): number => counts[Math.ceil(percent * 10 - 1e-9)] ?? 0;
  const { Error: Bad, Info } = vscode.InputBoxValidationSeverity;
  const input = await vscode.window.showInputBox({
    title: vscode.l10n.t('Accept predictions above a probability'),
    prompt: vscode.l10n.t('Least probability in per cent; labels that are there stay, and a preview comes first'),
    value: PROPOSED,
    ignoreFocusOut: true,
    validateInput: (text) => {
      const percent = parse(text);
      if (percent === undefined) {
        return { message: vscode.l10n.t('A number from {0} to {1}', 0, 100), severity: Bad };
      }
      return { message: vscode.l10n.t('{0} of {1} unlabelled rows', above(percent), unlabelled), severity: Info };
    },
  });
  const percent = input === undefined ? undefined : parse(input);
  // What was counted is counted in steps of a tenth of a per cent.
  return percent === undefined ? undefined : Math.ceil(percent * 10 - 1e-9) / 1000;
}
