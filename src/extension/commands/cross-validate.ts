import * as vscode from 'vscode';
import { type CrossvalChoices, ListCrossvals, StartCrossval, crossvalArguments } from '../../protocol/crossval';
import { PlanRun, type RunPlan } from '../../protocol/messages';
import type { RunChoice } from '../../protocol/recipes';
import type { Context } from '../context';
import { crossvalName, isCrossval, scoreText } from '../crossval/crossval-item';
import { askFolds, askTestFile, showCrossvalForm } from '../crossval/form';
import { openCrossval } from '../crossval/summary';
import { chooseBase, chooseData, choosePreset } from '../run-form/choices';
import { activeData } from './active-data';
import { copyCommandLine } from './fine-tune';
import { changeArguments } from './run-arguments';

/** Cross-validates the active file: a form shows what is done, lets its parts be changed, and starts it. */
export async function crossValidate(context: Context): Promise<void> {
  const { client } = context;
  const document = activeData();
  if (document.isUntitled) throw new Error(vscode.l10n.t('Save the data as a file first.'));
  // The folds read the file from the disk.
  if (document.isDirty && !(await document.save())) return;
  let uri = document.uri.toString();
  let base: string | undefined;
  const planned = (): Promise<RunPlan> => client.request(PlanRun, { uri, ...(base === undefined ? {} : { base }) });
  let plan = await planned();
  let chosen: RunChoice = plan.recommended;
  let choices: CrossvalChoices = { folds: 5, stratified: true };
  for (;;) {
    switch (await showCrossvalForm(plan, chosen, choices)) {
      case undefined:
        return;
      case 'start':
        await client.request(StartCrossval, { uri, plan, arguments: chosen, choices });
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
      case 'folds':
        choices = { ...choices, folds: (await askFolds(choices.folds)) ?? choices.folds };
        break;
      case 'stratified':
        choices = { ...choices, stratified: !choices.stratified };
        break;
      case 'test': {
        const test = await askTestFile();
        const { folds, stratified } = choices;
        if (test !== undefined) choices = { folds, stratified, ...(test === null ? {} : { test }) };
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
      case 'preset':
        chosen = (await choosePreset(plan.recommended)) ?? chosen;
        break;
      case 'advanced':
        // Own numbers take the place of a recipe.
        chosen = (await changeArguments('recipe' in chosen ? plan.recommended : chosen)) ?? chosen;
        break;
      case 'copy':
        await copyCommandLine(context, crossvalArguments(plan, chosen, choices));
        break;
    }
  }
}

/** Opens the result of a cross-validation: of the one that a menu hands over, else the user picks one. */
export async function showCrossval({ client }: Context, given?: unknown): Promise<void> {
  if (isCrossval(given)) return openCrossval(given);
  const found = (await client.request(ListCrossvals, null)).filter(({ result }) => result !== undefined);
  if (found.length === 0) throw new Error(vscode.l10n.t('No cross-validation has come to its end yet.'));
  const items = found.map((crossval) => ({
    label: crossvalName(crossval),
    description: (crossval.result?.scores ?? []).slice(0, 2).map(scoreText).join(' · '),
    detail: crossval.id,
    crossval,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Open Cross-Validation') });
  if (picked) await openCrossval(picked.crossval);
}
