import * as vscode from 'vscode';
import { ContinueRun, type Verdict } from '../protocol/run-actions';
import type { RunSummary } from '../protocol/runs';
import { CancelRun, ListRuns, type RunProgress as Progress } from '../protocol/messages';
import { offerComparison } from './adapt/offer-comparison';
import { showFailure } from './commands/registry';
import type { Context } from './context';
import { type ProgressNotification, openProgress } from './progress-notification';
import { advance, timeLeft } from './progress-text';
import { tellFinished } from './runs/finished-run';
import { isContinuable, runName } from './runs/run-item';

/** A notification with Cancel for each run under way, whoever started it, and one message at its end. */
export class RunProgress {
  readonly #shown = new Map<string, ProgressNotification>();

  constructor(private readonly context: Context) {}

  update(progress: Progress): void {
    const { folder, state } = progress.run;
    if (state === 'running') {
      const shown = this.#shown.get(folder) ?? this.#open(progress);
      shown.report((reached) => advance(progress.run, reached), describe(progress));
      return;
    }
    this.#shown.get(folder)?.close();
    this.#shown.delete(folder);
  }

  /** One message on how a run ended. */
  ended({ run }: Progress, verdict?: Verdict): void {
    switch (run.state) {
      case 'finished':
        // Side by side: a message that nobody answers would hold the other back.
        for (const told of [tellFinished(this.context, run, verdict), offerComparison(this.context, run)])
          void told.catch((error: unknown) => showFailure(error instanceof Error ? error.message : String(error)));
        break;
      case 'cancelled':
        void this.#offerToContinue(run, vscode.l10n.t('Run {0} was cancelled; it can be continued.', runName(run)));
        break;
      case 'interrupted':
        void this.#offerToContinue(run, vscode.l10n.t('Run {0} was interrupted: its process is gone.', runName(run)));
        break;
      case 'failed':
        void showFailure(vscode.l10n.t('Run {0} failed: {1}', runName(run), run.message ?? ''));
        break;
      case 'running':
        break;
    }
  }

  /** A trainer ended before its first step. */
  failed(data: string, message: string): void {
    void showFailure(vscode.l10n.t('Fine-tuning on {0} failed: {1}', vscode.workspace.asRelativePath(data), message));
  }

  /** Brings the runs that are shown up to date, after a time without news. */
  async catchUp(): Promise<void> {
    for (const progress of await this.context.client.request(ListRuns, null)) {
      if (!this.#shown.has(progress.run.folder)) continue;
      this.update(progress);
      // What becomes of a finished one's model is the server's to say, and it says it with the end.
      if (progress.run.adoption?.state !== 'pending') this.ended(progress);
    }
  }

  #open({ run }: Progress): ProgressNotification {
    const title = vscode.l10n.t('Fine-tuning on {0}', vscode.workspace.asRelativePath(run.data));
    const { client, log } = this.context;
    const shown = openProgress(title, () => client.request(CancelRun, { folder: run.folder }), log);
    this.#shown.set(run.folder, shown);
    return shown;
  }

  /** Tells of an end that need not be one. */
  async #offerToContinue(run: RunSummary, message: string): Promise<void> {
    const goOn = vscode.l10n.t('Continue');
    const show = run.state === 'cancelled' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    const picked = await show(message, ...(isContinuable(run) ? [goOn] : []));
    if (picked !== goOn) return;
    await this.context.client
      .request(ContinueRun, { folder: run.folder })
      .catch((error: unknown) => showFailure(error instanceof Error ? error.message : String(error)));
  }
}

function describe({ run, loss, secondsLeft }: Progress): string {
  if (run.totalSteps === undefined) return vscode.l10n.t('preparing…');
  const stage = run.stage ? [vscode.l10n.t('stage {0} of {1}', run.stage.number, run.stage.of)] : [];
  const parts = [...stage, vscode.l10n.t('step {0} of {1}', run.step, run.totalSteps)];
  if (loss !== undefined) parts.push(vscode.l10n.t('loss {0}', loss.toFixed(3)));
  if (secondsLeft !== undefined) parts.push(vscode.l10n.t('{0} left', timeLeft(secondsLeft)));
  return parts.join(' · ');
}
