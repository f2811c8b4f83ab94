import * as vscode from 'vscode';
import { StartRun } from '../../protocol/messages';
import { EstimateRun, type RunEstimate } from '../../protocol/run-actions';
import { trainArguments } from '../../protocol/train-command';
import type { Context } from '../context';
import { type Draft, beginDraft, changeDraft } from '../run-form/draft';
import { Estimates } from '../run-form/estimates';
import { type FormRun, showForm } from '../run-form/form';
import { trainingLine } from '../training-line';

/** Fine-tunes on the active file: a form shows the run and what it would take, lets its parts be changed, and starts it. */
export async function fineTune(context: Context): Promise<void> {
  const draft = await beginDraft(context.client);
  if (draft) await showFineTuneForm(context, draft);
}

/** Shows the form of a run until it is started or left. */
export async function showFineTuneForm(context: Context, begun: Draft): Promise<void> {
  const { client } = context;
  let draft = begun;
  const estimates = new Estimates<FormRun, RunEstimate>(
    ({ plan, chosen }, token) => client.request(EstimateRun, { plan, arguments: chosen }, token),
    ({ plan, chosen }) => [plan.data, plan.base, chosen],
  );
  try {
    for (;;) {
      const { uri, plan, chosen } = draft;
      const answer = await showForm({ plan, chosen }, estimates);
      switch (answer) {
        case undefined:
          return;
        case 'start':
          await client.request(StartRun, { uri, plan, arguments: chosen });
          return;
        case 'estimate':
          estimates.again();
          break;
        case 'copy':
          await copyCommandLine(context, trainArguments(plan, chosen));
          break;
        case 'data':
        case 'base':
        case 'preset':
        case 'advanced':
          draft = await changeDraft(client, draft, answer);
      }
    }
  } finally {
    estimates.dispose();
  }
}

/** Copies a command line in words that work in any terminal with Node, whether or not `rowlight` is on its path. */
export async function copyCommandLine({ extension }: Context, args: readonly string[]): Promise<void> {
  await vscode.env.clipboard.writeText(trainingLine(['node', extension.asAbsolutePath('dist/cli.cjs')], args));
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The command line was copied. It runs in any terminal with Node 20 or newer.'),
  );
}
