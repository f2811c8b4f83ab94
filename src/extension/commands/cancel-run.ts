import * as vscode from 'vscode';
import { CancelCrossval } from '../../protocol/crossval';
import { CancelRun, ListRuns } from '../../protocol/messages';
import { CancelPretraining, ListPretraining } from '../../protocol/pretraining';
import type { Context } from '../context';
import { isCrossval } from '../crossval/crossval-item';
import { isPretrainingRun } from '../pretraining/pretraining-item';
import { runOfCommand } from './run-of-command';

/** Stops a running run; asks which where there are several. */
export async function cancelRun(context: Context, given?: unknown): Promise<void> {
  const { client } = context;
  if (isCrossval(given)) return void (await client.request(CancelCrossval, { folder: given.folder }));
  if (isPretrainingRun(given)) return void (await client.request(CancelPretraining, { folder: given.folder }));
  const running = (await client.request(ListRuns, null)).filter(({ run }) => run.state === 'running');
  if (running.length === 0) {
    const [pretraining] = (await client.request(ListPretraining, null)).filter(({ state }) => state === 'running');
    // One trains at a time in a workspace, whatever it is.
    if (pretraining) return void (await client.request(CancelPretraining, { folder: pretraining.folder }));
    void vscode.window.showInformationMessage(vscode.l10n.t('No run is under way.'));
    return;
  }
  const only = given === undefined && running.length === 1 ? running[0] : given;
  const run = await runOfCommand(context, only, vscode.l10n.t('Cancel Run'), ({ state }) => state === 'running');
  if (run) await client.request(CancelRun, { folder: run.folder });
}
