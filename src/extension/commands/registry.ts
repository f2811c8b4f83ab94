import * as vscode from 'vscode';
import { Commands, COMMANDS_NEEDING_TRUST, SHOW_MENU, type CommandId } from '../../protocol/commands';
import type { Context } from '../context';
import { acceptAbove } from './accept-above';
import { acceptPrediction, clearLabel } from './accept-prediction';
import { adaptModel } from './adapt';
import { addModel } from './add-model';
import { cancelRun } from './cancel-run';
import { compareRuns } from './compare-runs';
import { crossValidate, showCrossval } from './cross-validate';
import { downloadModel } from './download-model';
import { exportModel } from './export-model';
import { exportReport } from './export-report';
import { fineTune } from './fine-tune';
import { fineTuneOn } from './fine-tune-on';
import { manageTrust, refusal } from '../restricted-mode';
import { showSample } from '../sample';
import { nextUncertain, nextUnlabelled, previousUnlabelled } from './go-to-row';
import { startLabelling, stopLabelling, switchOrder } from './labelling-mode';
import { predictFile } from './predict-file';
import { labelFile } from './label-file';
import { retryModel } from './retry-model';
import { continueRun, deleteRun, renameRun, revealRun, useRun } from './run-commands';
import { startServer, stopServer } from './serve-model';
import { forgetServer, setServerKey } from './server-commands';
import { setLabel } from './set-label';
import { setUpCuda } from './set-up-cuda';
import { showMenu } from './show-menu';
import { showMetrics } from './show-metrics';
import { useModel } from './use-model';

/** The table of commands. `argument` is what a menu of a view or another command hands over, `selected` the items selected with it. */
const table: Record<
  CommandId | typeof SHOW_MENU,
  (context: Context, argument?: unknown, selected?: unknown) => Promise<void> | void
> = {
  [Commands.fineTune]: fineTune,
  [Commands.fineTuneOn]: fineTuneOn,
  [Commands.adaptModel]: adaptModel,
  [Commands.crossValidate]: crossValidate,
  [Commands.showCrossval]: showCrossval,
  [Commands.cancelRun]: cancelRun,
  [Commands.useModel]: useModel,
  [Commands.downloadModel]: downloadModel,
  [Commands.setUpCuda]: setUpCuda,
  [Commands.addModel]: addModel,
  [Commands.exportModel]: exportModel,
  [Commands.startServer]: startServer,
  [Commands.stopServer]: stopServer,
  [Commands.showLog]: ({ log }) => log.show(),
  [Commands.retryModel]: retryModel,
  [Commands.setServerKey]: setServerKey,
  [Commands.forgetServer]: forgetServer,
  [Commands.revealRun]: revealRun,
  [Commands.renameRun]: renameRun,
  [Commands.deleteRun]: deleteRun,
  [Commands.continueRun]: continueRun,
  [Commands.useRun]: useRun,
  [Commands.predictFile]: predictFile,
  [Commands.setLabel]: setLabel,
  [Commands.acceptPrediction]: acceptPrediction,
  [Commands.acceptAbove]: acceptAbove,
  [Commands.clearLabel]: clearLabel,
  [Commands.nextUncertain]: nextUncertain,
  [Commands.nextUnlabelled]: nextUnlabelled,
  [Commands.previousUnlabelled]: previousUnlabelled,
  [Commands.labelFile]: labelFile,
  [Commands.startLabelling]: startLabelling,
  [Commands.stopLabelling]: stopLabelling,
  [Commands.switchOrder]: switchOrder,
  [Commands.showMetrics]: showMetrics,
  [Commands.compareRuns]: compareRuns,
  [Commands.exportReport]: exportReport,
  [Commands.openSample]: ({ extension }) => showSample(extension),
  [SHOW_MENU]: showMenu,
};

/** Registers every command of the table; a failure becomes one message with a way to the log. */
export function registerCommands(context: Context): vscode.Disposable {
  const disposables = Object.entries(table).map(([id, run]) =>
    vscode.commands.registerCommand(id, async (argument?: unknown, selected?: unknown) => {
      // A menu or a key of the user's may lead here although the palette hides the command.
      if (COMMANDS_NEEDING_TRUST.has(id) && !vscode.workspace.isTrusted) return void showRefusal();
      try {
        await run(context, argument, selected);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        context.log.error(`${id}: ${message}`);
        void showFailure(message);
      }
    }),
  );
  return vscode.Disposable.from(...disposables);
}

async function showRefusal(): Promise<void> {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  if ((await vscode.window.showWarningMessage(refusal(), manage)) === manage) await manageTrust();
}

/** Shows one line of failure; its button opens the log. */
export async function showFailure(message: string): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  if ((await vscode.window.showErrorMessage(message, showLog)) === showLog) {
    await vscode.commands.executeCommand(Commands.showLog);
  }
}
