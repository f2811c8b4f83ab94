import * as vscode from 'vscode';
import { ListKnownModels } from '../../protocol/models';
import { ListRuns, type RunArguments } from '../../protocol/messages';
import { ListPretraining } from '../../protocol/pretraining';
import { BUILT_IN_RECIPES, type BuiltInRecipe, type RunChoice } from '../../protocol/recipes';
import { pretrainingName } from '../../report/pretraining/about';
import type { ClientHolder } from '../client-holder';
import { isFinishedBase, pretrainingFacts } from '../pretraining/pretraining-item';
import { runDescription, runName } from '../runs/run-item';
import { numbersText, presetName } from './form';
import { PRESETS, type Preset, presetArguments } from './presets';

/** Most files offered: with more, a person writes a part of the name anyway. */
const MOST_FILES = 500;

/** Asks for another data file of the workspace; undefined where the user leaves. */
export async function chooseData(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(
    '**/*.{tsv,tab,csv}',
    '**/{node_modules,.rowlight,.git}/**',
    MOST_FILES,
  );
  const items = found
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Data to learn from') }))?.uri;
}

/** Asks for the model to start from: Rowlight's own (`own`), that of a run or of pre-training, or a folder. */
export async function chooseBase(client: ClientHolder): Promise<{ readonly folder: string } | 'own' | undefined> {
  const runs = (await client.request(ListRuns, null)).filter(({ run }) => run.usable && run.state !== 'running');
  const pretrained = (await client.request(ListPretraining, null)).filter(isFinishedBase);
  const known = await client.request(ListKnownModels, null);
  const items = [
    {
      label: `$(package) zh-mini`,
      description: vscode.l10n.t('comes with Rowlight: small, Chinese, trains in minutes'),
      choice: 'own' as const,
    },
    ...runs.map((progress) => ({
      label: `$(history) ${runName(progress.run)}`,
      description: runDescription(progress),
      detail: progress.run.id,
      choice: { folder: progress.run.folder },
    })),
    ...pretrained.map((run) => ({
      label: `$(book) ${pretrainingName(run)}`,
      description: pretrainingFacts(run).join(' · '),
      detail: run.id,
      choice: { folder: run.folder },
    })),
    ...known.map(({ name, folder, from }) => ({
      label: `$(${from === 'hub' ? 'cloud-download' : 'package'}) ${name}`,
      description: from === 'hub' ? vscode.l10n.t('downloaded from the hub') : vscode.l10n.t('added by you'),
      choice: { folder },
    })),
    {
      label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`,
      description: vscode.l10n.t('A Hugging Face BERT folder or a run'),
      choice: 'browse' as const,
    },
  ];
  const options = { title: vscode.l10n.t('Base model'), matchOnDescription: true, matchOnDetail: true };
  const choice = (await vscode.window.showQuickPick(items, options))?.choice;
  return choice === 'browse' ? browse() : choice;
}

/** Asks for a preset, or a recipe of Rowlight's or of the workspace; each says for what it is good. */
export async function choosePreset(recommended: RunArguments): Promise<RunChoice | undefined> {
  const presets: PresetItem[] = PRESETS.map((preset) => {
    const choice = presetArguments(preset, recommended);
    return { label: presetName(preset), description: numbersText(choice), detail: reason(preset), choice };
  });
  const builtIn = BUILT_IN_RECIPES.map((name) => ({
    label: name,
    detail: recipeReason(name),
    choice: { recipe: name },
  }));
  const found = await vscode.workspace.findFiles('**/*.recipe.json', '**/{node_modules,.rowlight,.git}/**', MOST_FILES);
  const own = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), choice: { recipe: uri.fsPath } }));
  const recipes = { label: vscode.l10n.t('Recipes'), kind: vscode.QuickPickItemKind.Separator };
  const items: PresetItem[] = [...presets, recipes, ...builtIn, ...own];
  const options = { title: vscode.l10n.t('Preset'), matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.choice;
}

interface PresetItem extends vscode.QuickPickItem {
  readonly choice?: RunChoice;
}

function recipeReason(recipe: BuiltInRecipe): string {
  switch (recipe) {
    case 'run_classifier':
      return vscode.l10n.t('The original run_classifier.py of BERT: for a BERT-base and some thousand rows.');
    case 'recommended-review':
      return vscode.l10n.t(
        'Two unequal classes of short texts, for a BERT-base: cross-entropy, then soft F1 on the head.',
      );
    case 'recommended-review-small':
      return vscode.l10n.t('The same with rates that suit a small model such as zh-mini.');
    case 'few-labels':
      return vscode.l10n.t('A few dozen labelled rows: the head first, then all of BERT, gently.');
  }
}

function reason(preset: Preset): string {
  switch (preset) {
    case 'recommended':
      return vscode.l10n.t('The numbers that the base model was tried with.');
    case 'quick':
      return vscode.l10n.t(
        'One pass over the rows: soon shows whether columns and labels make sense. Scores come out lower.',
      );
    case 'thorough':
      return vscode.l10n.t(
        'Twice the passes: for a few hundred rows, or labels that are hard to tell apart. The best epoch is kept.',
      );
  }
}

async function browse(): Promise<{ folder: string } | undefined> {
  const folders = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    title: vscode.l10n.t('A Hugging Face BERT folder or a run'),
  });
  return folders?.[0] && { folder: folders[0].fsPath };
}
