import * as vscode from 'vscode';
import { type CrossvalChoices, crossvalArguments } from '../../protocol/crossval';
import type { RunPlan } from '../../protocol/messages';
import type { RunChoice } from '../../protocol/recipes';
import { numbersText, presetName, recipeName } from '../run-form/form';
import { presetOf } from '../run-form/presets';
import { trainingLine } from '../training-line';

/** What the user wants next. */
export type Answer =
  'start' | 'data' | 'folds' | 'stratified' | 'group' | 'test' | 'base' | 'preset' | 'advanced' | 'copy';

interface Item extends vscode.QuickPickItem {
  readonly answer: Answer;
}

/** Shows a cross-validation before it starts; every part of it can be changed. Undefined where the user leaves. */
export async function showCrossvalForm(
  plan: RunPlan,
  chosen: RunChoice,
  choices: CrossvalChoices,
): Promise<Answer | undefined> {
  const rows = vscode.l10n.t('{0} labelled rows, {1} labels, {2} unlabelled', plan.labelled, plan.labels, plan.unlabelled); // prettier-ignore
  const column = plan.textBColumn === undefined ? plan.textColumn : `${plan.textColumn} + ${plan.textBColumn}`;
  const preset = 'recipe' in chosen ? recipeName(chosen.recipe) : presetName(presetOf(chosen, plan.recommended));
  const none = vscode.l10n.t('none');
  const group: Item[] =
    plan.otherColumns.length === 0
      ? []
      : [
          {
            label: `$(group-by-ref-type) ${vscode.l10n.t('Keep Together…')}`,
            description: choices.group ?? none,
            answer: 'group',
          },
        ];
  const items: Item[] = [
    { label: `$(play) ${vscode.l10n.t('Start')}`, answer: 'start' },
    {
      label: `$(table) ${vscode.l10n.t('Data…')}`,
      description: `${plan.labelColumn} ← ${column} · ${rows}`,
      answer: 'data',
    },
    { label: `$(layers) ${vscode.l10n.t('Folds…')}`, description: String(choices.folds), answer: 'folds' },
    {
      label: `$(${choices.stratified ? 'check' : 'circle-large-outline'}) ${vscode.l10n.t('Stratified')}`,
      description: vscode.l10n.t('every fold has the same share of each label'),
      answer: 'stratified',
    },
    ...group,
    {
      label: `$(beaker) ${vscode.l10n.t('Test File…')}`,
      description: choices.test === undefined ? none : vscode.workspace.asRelativePath(choices.test),
      answer: 'test',
    },
    { label: `$(package) ${vscode.l10n.t('Base model…')}`, description: plan.baseName, answer: 'base' },
    { label: `$(settings) ${vscode.l10n.t('Preset…')}`, description: preset, answer: 'preset' },
    { label: `$(edit) ${vscode.l10n.t('Advanced…')}`, description: numbersText(chosen), answer: 'advanced' },
    {
      label: `$(terminal) ${vscode.l10n.t('Copy Command Line')}`,
      detail: trainingLine(['rowlight'], crossvalArguments(plan, chosen, choices)),
      answer: 'copy',
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Cross-validate {0}', vscode.workspace.asRelativePath(plan.data)),
    placeHolder: vscode.l10n.t('Start, or change a part of the run first'),
    ignoreFocusOut: true,
  });
  return picked?.answer;
}

/** Asks how many folds; undefined where the user leaves. */
export async function askFolds(current: number): Promise<number | undefined> {
  const input = await vscode.window.showInputBox({
    title: vscode.l10n.t('Folds'),
    prompt: vscode.l10n.t('How many models are trained; each row is judged by one that did not see it'),
    value: String(current),
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^\d{1,3}$/.test(text.trim()) && Number(text) >= 2 && Number(text) <= 100
        ? undefined
        : vscode.l10n.t('A number from {0} to {1}', 2, 100),
  });
  return input === undefined ? undefined : Number(input);
}

/** Asks for a file to predict; null for none, undefined where the user leaves. */
export async function askTestFile(): Promise<string | null | undefined> {
  const found = await vscode.workspace.findFiles('**/*.{tsv,tab,csv}', '**/{node_modules,.rowlight,.git}/**', 500);
  const items = found
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), path: uri.fsPath as string | null }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  const none = { label: vscode.l10n.t('none'), path: null };
  const title = vscode.l10n.t('A file to predict with all folds');
  return (await vscode.window.showQuickPick([none, ...items], { title }))?.path;
}

/** Asks for the column whose values keep rows in one fold; null for none, undefined where the user leaves. */
export async function askGroup(columns: readonly string[]): Promise<string | null | undefined> {
  const items = columns.map((label) => ({ label, column: label as string | null }));
  const none = { label: vscode.l10n.t('none'), column: null };
  const title = vscode.l10n.t('Rows with the same value share a fold: an author, a document');
  return (await vscode.window.showQuickPick([none, ...items], { title }))?.column;
}
