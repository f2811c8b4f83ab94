import { basename } from 'node:path';
import * as vscode from 'vscode';
import { ListCrossvals, type CrossvalProgress } from '../../protocol/crossval';
import type { Context } from '../context';
import { crossvalName, scoreName, scoreValue } from './crossval-item';

/** Scheme of the documents that sum up a cross-validation; the path is its folder's with `.md` behind. */
const SCHEME = 'rowlight-crossval';

/** Shows how good a finished cross-validation is: its scores as a page, and beside it every row as the model of its fold judges it. */
export async function openCrossval(crossval: CrossvalProgress): Promise<void> {
  if (!crossval.result) throw new Error(vscode.l10n.t('The cross-validation has no result yet.'));
  const rows = await vscode.workspace.openTextDocument(vscode.Uri.file(crossval.result.outOfFold));
  await vscode.window.showTextDocument(rows, { preview: false });
  const page = vscode.Uri.from({ scheme: SCHEME, path: `${crossval.folder.replaceAll('\\', '/')}.md` });
  await vscode.commands.executeCommand('markdown.showPreviewToSide', page);
}

/** Provides those pages. */
export function registerCrossvalSummaries({ client }: Context): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    async provideTextDocumentContent({ path }) {
      const all = await client.request(ListCrossvals, null);
      const found = all.find(({ folder }) => `${folder.replaceAll('\\', '/')}.md` === path);
      return found?.result ? summaryOf(found, found.result) : vscode.l10n.t('The cross-validation has no result yet.');
    },
  });
}

/** The page as Markdown. Names of files and labels are other people's content: they stand in code spans, which nothing in them can leave. */
function summaryOf(crossval: CrossvalProgress, result: NonNullable<CrossvalProgress['result']>): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = result.scores.map(({ name, all, mean, deviation, floor }) =>
    row([
      scoreName(name),
      scoreValue(name, all),
      `${scoreValue(name, mean)} ± ${scoreValue(name, deviation)}`,
      scoreValue(name, floor),
    ]),
  );
  return [
    `# ${code(crossvalName(crossval))}`,
    vscode.l10n.t('{0} rows, each judged by the model that did not see it.', result.rows),
    ...(result.positive === undefined ? [] : [vscode.l10n.t('Positive label: {0}', code(result.positive))]),
    [
      row(['', vscode.l10n.t('all rows'), vscode.l10n.t('mean ± sd of the folds'), vscode.l10n.t('naive Bayes')]),
      row(['-', '-:', '-:', '-:']),
      ...lines,
    ].join('\n'),
    vscode.l10n.t('Each fold chose its best checkpoint by the rows that judge it, so the scores flatter a little.'),
    vscode.l10n.t('Rows: {0}', code(basename(result.outOfFold))),
  ].join('\n\n');
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replace(/[\r\n]+/g, ' ')}\``;
}
