import * as vscode from 'vscode';
import { Commands } from '../../protocol/commands';
import {
  CancelPretraining,
  ContinuePretraining,
  ListPretraining,
  type MaskedScores,
  type PretrainingProgress,
} from '../../protocol/pretraining';
import { pretrainingName } from '../../report/pretraining/about';
import { percent } from '../../report/numbers';
import { perplexity, perplexityText } from '../../report/pretraining/numbers';
import { showFailure } from '../commands/registry';
import type { Context } from '../context';
import { type ProgressNotification, openProgress } from '../progress-notification';
import { advance } from '../progress-text';
import { isPretrainingContinuable, pretrainingUnderWay, scoreText } from './pretraining-item';

/** A notification with Cancel for each pre-training run under way, whoever started it, and one message at its end. */
export class PretrainingNotices {
  readonly #shown = new Map<string, ProgressNotification>();

  constructor(private readonly context: Context) {}

  update(run: PretrainingProgress): void {
    if (run.state === 'running') {
      const shown = this.#shown.get(run.folder) ?? this.#open(run);
      // The bar is of the steps alone: the reading of the corpus would fill it a first time.
      shown.report((reached) => advance({ step: run.step, totalSteps: run.totalSteps ?? 0 }, reached), pretrainingUnderWay(run)); // prettier-ignore
    } else if (this.#close(run.folder)) {
      void this.#tellEnd(run).catch((error: unknown) =>
        showFailure(error instanceof Error ? error.message : String(error)),
      );
    }
  }

  /** A run's folder is gone. */
  gone(folder: string): void {
    this.#close(folder);
  }

  /** A process ended before it could do any step. */
  failed(data: readonly string[], message: string): void {
    const texts = data.map((path) => vscode.workspace.asRelativePath(path)).join(', ');
    void showFailure(vscode.l10n.t('Pre-training on {0} failed: {1}', texts, message));
  }

  /** Brings the runs that are shown up to date, after a time without news. */
  async catchUp(): Promise<void> {
    if (this.#shown.size === 0) return;
    const runs = await this.context.client.request(ListPretraining, null);
    for (const run of runs) this.update(run);
    for (const folder of this.#shown.keys()) if (!runs.some((run) => run.folder === folder)) this.gone(folder);
  }

  #close(folder: string): boolean {
    this.#shown.get(folder)?.close();
    return this.#shown.delete(folder);
  }

  #open(run: PretrainingProgress): ProgressNotification {
    const { client, log } = this.context;
    const { folder } = run;
    const title = vscode.l10n.t('Pre-training on {0}', pretrainingName(run));
    const shown = openProgress(title, () => client.request(CancelPretraining, { folder }), log);
    this.#shown.set(folder, shown);
    return shown;
  }

  async #tellEnd(run: PretrainingProgress): Promise<void> {
    const { folder } = run;
    const name = pretrainingName(run);
    if (run.state === 'finished') {
      const [metrics, tune] = [vscode.l10n.t('Show Metrics'), vscode.l10n.t('Fine-Tune on It')];
      // Where nothing became better the model is what it was.
      const buttons = learntNothing(run) ? [metrics] : [tune, metrics];
      const picked = await vscode.window.showInformationMessage(endText(run), ...buttons);
      if (picked === metrics) await vscode.commands.executeCommand(Commands.showMetrics, folder);
      if (picked === tune) await vscode.commands.executeCommand(Commands.fineTuneOn, folder);
      return;
    }
    const goOn = vscode.l10n.t('Continue');
    const message =
      run.state === 'failed'
        ? vscode.l10n.t('Pre-training on {0} failed: {1}', name, run.message ?? '')
        : vscode.l10n.t('Pre-training on {0} was stopped; it can be continued.', name);
    const show = run.state === 'failed' ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
    const picked = await show(message, ...(isPretrainingContinuable(run) ? [goOn] : []));
    if (picked === goOn) await this.context.client.request(ContinuePretraining, { folder });
  }
}

/** Whether an adaptation made nothing better on the held-out texts: the model is still what it was. */
function learntNothing({ fresh, before, scores }: PretrainingProgress): boolean {
  return !fresh && before !== undefined && scores !== undefined && scores.loss >= before.loss;
}

/** How good the model of a finished run is; beside it, where it was not begun anew, how good it was before. */
function endText(run: PretrainingProgress): string {
  const { fresh, before, scores } = run;
  const name = pretrainingName(run);
  if (!scores) return vscode.l10n.t('Pre-trained on {0}.', name);
  if (fresh || !before) return vscode.l10n.t('Pre-trained on {0}: {1}.', name, scoreText(run));
  const textOf = ({ accuracy, loss }: MaskedScores) => ({
    accuracy: percent(accuracy),
    perplexity: perplexityText(perplexity(loss)),
  });
  const [now, then] = [textOf(scores), textOf(before)];
  if (learntNothing(run)) {
    return vscode.l10n.t(
      'Adapting to {0} made nothing better: on held-out texts the model as it was has masked accuracy {1}, perplexity {2}.',
      name,
      then.accuracy,
      then.perplexity,
    );
  }
  return vscode.l10n.t(
    'Adapted to {0}: on held-out texts masked accuracy {1}, before {2}; perplexity {3}, before {4}.',
    name,
    now.accuracy,
    then.accuracy,
    now.perplexity,
    then.perplexity,
  );
}
