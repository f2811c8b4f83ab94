import * as vscode from 'vscode';
import { Commands } from '../../protocol/commands';
import type { AddedModel } from '../../protocol/models';
import type { Context } from '../context';
import { activeDataFile } from './active-data';
import { nameLabels } from './name-labels';
import { useFolder } from './use-model';

/** Says that a model is here and how to go on with it; asks first for the names of labels that have none. */
export async function offerAdded(context: Context, { folder, name, labels, unnamed }: AddedModel): Promise<void> {
  const named = !unnamed || (await nameLabels(context, folder, name, labels));
  const train = vscode.l10n.t('Fine-Tune…');
  if (labels === 0) {
    const message = vscode.l10n.t('{0} is here; Fine-Tune offers it as a base model.', name);
    if ((await vscode.window.showInformationMessage(message, train)) === train)
      await vscode.commands.executeCommand(Commands.fineTune);
    return;
  }
  const use = vscode.l10n.t('Use Model');
  const message = named
    ? vscode.l10n.t('{0} is here, a classifier of {1} labels; Use Model and Fine-Tune offer it.', name, labels)
    : vscode.l10n.t('{0} is here; its {1} labels have no names yet, and Use Model will ask for them.', name, labels);
  const document = activeDataFile();
  const answer = await vscode.window.showInformationMessage(message, ...(named && document ? [use] : []), train);
  if (answer === use && document) await useFolder(context, document.uri, folder);
  if (answer === train) await vscode.commands.executeCommand(Commands.fineTune);
}
