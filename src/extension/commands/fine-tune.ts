import * as vscode from 'vscode';
import { PlanRun, StartRun, type RunPlan } from '../../protocol/messages';
import type { RunChoice } from '../../protocol/recipes';
import { shellLine, trainArguments } from '../../protocol/train-command';
import type { Context } from '../context';
import { chooseBase, chooseData, choosePreset } from '../run-form/choices';
import { Estimates } from '../run-form/estimates';
import { showForm } from '../run-form/form';
import { activeData } from './active-data';
import { changeArguments } from './run-arguments';

/** Fine-tunes on the active file: a form shows the run and what it would take, lets its parts be changed, and starts it. */
export async function fineTune(context: Context): Promise<void> {
  const { client } = context;
  const document = activeData();
  if (document.isUntitled) throw new Error(vscode.l10n.t('Save the data as a file first.'));
  // The trainer reads the file from the disk.
  if (document.isDirty && !(await document.save())) return;
  let uri = document.uri.toString();
  let base: string | undefined;
  const planned = (): Promise<RunPlan> => client.request(PlanRun, { uri, ...(base === undefined ? {} : { base }) });
  let plan = await planned();
  let chosen: RunChoice = plan.recommended;
  const estimates = new Estimates(client);
  try {
    for (;;) {
      switch (await showForm(plan, chosen, estimates)) {
        case undefined:
          return;
        case 'start':
          await client.request(StartRun, { uri, plan, arguments: chosen });
          return;
        case 'data': {
          const other = await chooseData();
          if (!other) break;
          const opened = await vscode.workspace.openTextDocument(other);
          if (opened.isDirty && !(await opened.save())) break;
          uri = opened.uri.toString();
          plan = await planned();
          break;
        }
        case 'base': {
          const picked = await chooseBase(client);
          if (picked === undefined) break;
          base = picked === 'own' ? undefined : picked.folder;
          plan = await planned();
          chosen = plan.recommended;
          break;
        }
        case 'preset': {
          chosen = (await choosePreset(plan.recommended)) ?? chosen;
          break;
        }
        case 'advanced':
          // Own numbers take the place of a recipe.
          chosen = (await changeArguments('recipe' in chosen ? plan.recommended : chosen)) ?? chosen;
          break;
        case 'estimate':
          estimates.again();
          break;
        case 'copy':
          await copyCommandLine(context, trainArguments(plan, chosen));
          break;
      }
    }
  } finally {
    estimates.dispose();
  }
}

/** Copies a command line in words that work in any terminal with Node, whether or not `rowlight` is on its path. */
export async function copyCommandLine({ extension }: Context, args: readonly string[]): Promise<void> {
  const words = ['node', extension.asAbsolutePath('dist/cli.cjs'), ...args];
  await vscode.env.clipboard.writeText(shellLine(words, process.platform));
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The command line was copied. It runs in any terminal with Node 20 or newer.'),
  );
}
