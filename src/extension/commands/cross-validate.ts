import * as vscode from 'vscode';
import { type CrossvalChoices, ListCrossvals, StartCrossval, crossvalArguments } from '../../protocol/crossval';
import type { Context } from '../context';
import { crossvalName, isCrossval, scoreText } from '../crossval/crossval-item';
import { askFolds, askGroup, askTestFile, showCrossvalForm } from '../crossval/form';
import { openCrossval } from '../crossval/summary';
import { beginDraft, changeDraft } from '../run-form/draft';
import { copyCommandLine } from './fine-tune';

/** Cross-validates the active file: a form shows what is done, lets its parts be changed, and starts it. */
export async function crossValidate(context: Context): Promise<void> {
  const { client } = context;
  let draft = await beginDraft(client);
  if (!draft) return;
  let choices: CrossvalChoices = { folds: 5, stratified: true };
  for (;;) {
    const { uri, plan, chosen } = draft;
    const answer = await showCrossvalForm(plan, chosen, choices);
    switch (answer) {
      case undefined:
        return;
      case 'start':
        await client.request(StartCrossval, { uri, plan, arguments: chosen, choices });
        return;
      case 'folds':
        choices = { ...choices, folds: (await askFolds(choices.folds)) ?? choices.folds };
        break;
      case 'stratified':
        choices = { ...choices, stratified: !choices.stratified };
        break;
      case 'test': {
        const test = await askTestFile();
        if (test !== undefined) choices = { ...choices, test: test ?? undefined };
        break;
      }
      case 'group': {
        const group = await askGroup(plan.otherColumns);
        if (group !== undefined) choices = { ...choices, group: group ?? undefined };
        break;
      }
      case 'copy':
        await copyCommandLine(context, crossvalArguments(plan, chosen, choices));
        break;
      case 'data':
      case 'base':
      case 'preset':
      case 'advanced':
        draft = await changeDraft(client, draft, answer);
        // Another file may not have the column.
        if (!draft.plan.otherColumns.includes(choices.group ?? '')) choices = { ...choices, group: undefined };
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
