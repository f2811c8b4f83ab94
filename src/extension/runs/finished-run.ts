import * as vscode from 'vscode';
import { Commands } from '../../protocol/commands';
import { type Comparison, DecideRun, type Verdict } from '../../protocol/run-actions';
import type { RunSummary } from '../../protocol/runs';
import type { Context } from '../context';

/**
 * Tells how a finished run's model did and what becomes of it. Where it is worse than the one in use on the same rows, the user is asked which
 * shall predict; where the two could not be compared, that is said, and the former one can be kept.
 */
export async function tellFinished(context: Context, run: RunSummary, verdict?: Verdict): Promise<void> {
  const { accuracy, macroF1 } = run.scores ?? {};
  const scores = vscode.l10n.t(
    'Fine-tuned on {0}: accuracy {1}, macro F1 {2} on held-out rows.',
    vscode.workspace.asRelativePath(run.data),
    percent(accuracy),
    percent(macroF1),
  );
  const showMetrics = vscode.l10n.t('Show Metrics');
  const { former, comparison, incomparable } = verdict ?? {};
  if (verdict?.decision === 'ask' && former && comparison) {
    const [change, keep] = [vscode.l10n.t('Switch'), vscode.l10n.t('Keep')];
    const question = vscode.l10n.t('Which one shall predict?');
    const message = `${scores} ${lower(former.name, comparison)} ${question}`;
    const picked = await vscode.window.showWarningMessage(message, change, keep);
    if (picked === change || picked === keep) {
      await context.client.request(DecideRun, { folder: run.folder, use: picked === change });
    }
    return;
  }
  const keepFormer = former && incomparable && vscode.l10n.t('Keep {0}', former.name);
  const parts = [scores];
  if (former && comparison) parts.push(notLower(former.name, comparison));
  if (former && incomparable) parts.push(whyNot(former.name, incomparable));
  const pinned = pinnedModel(context, run);
  if (pinned) parts.push(pinned);
  const buttons = [showMetrics, ...(keepFormer ? [keepFormer] : [])];
  const picked = await vscode.window.showInformationMessage(parts.join(' '), ...buttons);
  if (picked === showMetrics) await vscode.commands.executeCommand(Commands.showMetrics, run.folder);
  if (picked !== undefined && picked === keepFormer) {
    await context.client.request(DecideRun, { folder: run.folder, use: false });
  }
}

function lower(former: string, { rows, ours, theirs, mayHaveLearnt }: Comparison): string {
  const said = vscode.l10n.t(
    'On the same {0} rows that is lower than {1}: macro F1 {2} against {3}.',
    rows,
    former,
    percent(ours.macroF1),
    percent(theirs.macroF1),
  );
  return mayHaveLearnt ? `${said} ${vscode.l10n.t('{0} may have learnt from some of these rows.', former)}` : said;
}

function notLower(former: string, { rows, theirs }: Comparison): string {
  return vscode.l10n.t(
    '{0}, in use before, has a macro F1 of {1} on {2} of the same rows.',
    former,
    percent(theirs.macroF1),
    rows,
  );
}

function whyNot(former: string, reason: NonNullable<Verdict['incomparable']>): string {
  switch (reason) {
    case 'same-data':
      return vscode.l10n.t('It can not be compared with {0}, which learnt from the same file.', former);
    case 'rows-gone':
      return vscode.l10n.t('It can not be compared with {0}: the held-out rows have changed.', former);
    case 'failed':
      return vscode.l10n.t('It can not be compared with {0}, which could not be run.', former);
  }
}

/** Whether the run's own file is predicted by a model that was chosen for it, so that the new one does not take over there. */
function pinnedModel({ status }: Context, run: RunSummary): string | undefined {
  const file = status.of(vscode.Uri.file(run.data));
  if (file?.kind !== 'predicting' || !['setting', 'chosen', 'server'].includes(file.source)) return undefined;
  return vscode.l10n.t('This file stays with {0}, which was chosen for it.', file.model);
}

function percent(value: number | undefined): string {
  return value === undefined ? '?' : `${(100 * value).toFixed(1)}%`;
}
