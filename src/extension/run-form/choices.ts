import * as vscode from 'vscode';
import { ListRuns, type RunArguments } from '../../protocol/messages';
import type { ClientHolder } from '../client-holder';
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

/** Asks for the model to start from: Rowlight's own (`own`), a run's, or a folder. */
export async function chooseBase(client: ClientHolder): Promise<{ readonly folder: string } | 'own' | undefined> {
  const runs = (await client.request(ListRuns, null)).filter(({ run }) => run.usable && run.state !== 'running');
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

/** Asks for a preset; each says for what it is good. */
export async function choosePreset(recommended: RunArguments): Promise<Preset | undefined> {
  const items = PRESETS.map((preset) => ({
    label: presetName(preset),
    description: numbersText(presetArguments(preset, recommended)),
    detail: reason(preset),
    preset,
  }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Preset') }))?.preset;
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
