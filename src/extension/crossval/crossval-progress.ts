import * as vscode from 'vscode';
import { CancelCrossval, ContinueCrossval, type CrossvalProgress } from '../../protocol/crossval';
import { showFailure } from '../commands/registry';
import type { Context } from '../context';
import { type ProgressNotification, openProgress } from '../progress-notification';
import { crossvalName, isCrossvalContinuable, scoreText, underWay } from './crossval-item';
import { openCrossval } from './summary';

/** A notification with Cancel for each cross-validation under way, whoever started it, and one message at its end. */
export class CrossvalNotices {
  readonly #shown = new Map<string, ProgressNotification>();

  constructor(private readonly context: Context) {}

  update(crossval: CrossvalProgress): void {
    const { folder, state } = crossval;
    if (state === 'running') {
      const shown = this.#shown.get(folder) ?? this.#open(crossval);
      shown.report((reached) => Math.max(0, doneShare(crossval) - reached), underWay(crossval));
      return;
    }
    const shown = this.#shown.get(folder);
    if (!shown) return;
    shown.close();
    this.#shown.delete(folder);
    void this.#tellEnd(crossval).catch((error: unknown) =>
      showFailure(error instanceof Error ? error.message : String(error)),
    );
  }

  #open(crossval: CrossvalProgress): ProgressNotification {
    const { client, log } = this.context;
    const { folder } = crossval;
    const title = vscode.l10n.t('Cross-validating {0}', crossvalName(crossval));
    const shown = openProgress(title, () => client.request(CancelCrossval, { folder }), log);
    this.#shown.set(folder, shown);
    return shown;
  }

  async #tellEnd(crossval: CrossvalProgress): Promise<void> {
    const name = crossvalName(crossval);
    if (crossval.result) {
      const open = vscode.l10n.t('Open Result');
      const scores = crossval.result.scores.slice(0, 2).map(scoreText).join(', ');
      const message = vscode.l10n.t('Cross-validated {0}: {1} over all rows.', name, scores);
      if ((await vscode.window.showInformationMessage(message, open)) === open) await openCrossval(crossval);
      return;
    }
    const goOn = vscode.l10n.t('Continue');
    const message =
      crossval.state === 'failed'
        ? vscode.l10n.t('The cross-validation of {0} failed: {1}', name, crossval.message ?? '')
        : vscode.l10n.t('The cross-validation of {0} was stopped; the folds that are done are kept.', name);
    const show = crossval.state === 'failed' ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
    const picked = await show(message, ...(isCrossvalContinuable(crossval) ? [goOn] : []));
    if (picked === goOn) await this.context.client.request(ContinueCrossval, { folder: crossval.folder });
  }
}

/** What is done of all folds, in percent. */
function doneShare({ runs, folds }: CrossvalProgress): number {
  const shares = runs.map(({ run }) => (run.state === 'finished' ? 1 : run.step / (run.totalSteps ?? Infinity)));
  return (100 * shares.reduce((sum, share) => sum + share, 0)) / folds;
}
