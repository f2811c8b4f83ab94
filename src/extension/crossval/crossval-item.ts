import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { CrossvalProgress, CrossvalScore } from '../../protocol/crossval';
import { timeLeft } from '../progress-text';
import { runIcon, stateWord } from '../runs/run-item';

/** A cross-validation as a line of the tree of runs; its folds are beneath. Its context value says what can be done with it. */
export function crossvalItem(crossval: CrossvalProgress): vscode.TreeItem {
  const item = new vscode.TreeItem(crossvalName(crossval), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = crossval.folder;
  const facts = [stateText(crossval), ...(crossval.result?.scores ?? []).slice(0, 2).map(scoreText)].filter(Boolean);
  item.description = facts.join(' · ');
  item.tooltip = details(crossval).join('\n');
  item.iconPath = runIcon(crossval.state);
  item.contextValue = contextOf(crossval);
  item.accessibilityInformation = { label: [crossvalName(crossval), ...facts].join(', ') };
  return item;
}

/** What a cross-validation is called. */
export function crossvalName({ data, folds }: CrossvalProgress): string {
  return vscode.l10n.t('{0}, {1} folds', basename(data), folds);
}

/** Whether it may go on: it came to no good end. What it has done is kept in any case. */
export function isCrossvalContinuable({ state }: CrossvalProgress): boolean {
  return state === 'interrupted' || state === 'cancelled' || state === 'failed';
}

/** Whether a value that a menu hands over is a cross-validation. */
export function isCrossval(value: unknown): value is CrossvalProgress {
  return typeof value === 'object' && value !== null && 'folds' in value && 'runs' in value;
}

/** Fold and step under way, and what all folds have left; empty before the first. */
export function underWay({ runs, folds, secondsLeft }: CrossvalProgress): string {
  const run = runs.at(-1)?.run;
  if (run?.totalSteps === undefined) return vscode.l10n.t('preparing…');
  const parts = [
    vscode.l10n.t('fold {0} of {1}', runs.length, folds),
    vscode.l10n.t('step {0} of {1}', run.step, run.totalSteps),
    ...(secondsLeft === undefined ? [] : [vscode.l10n.t('{0} left', timeLeft(secondsLeft))]),
  ];
  return parts.join(' · ');
}

/** `AUC 0.934`, `F1 88.1%`: the names that people know. */
export function scoreText({ name, all }: CrossvalScore): string {
  return `${scoreName(name)} ${scoreValue(name, all)}`;
}

/** A score's name for people. */
export function scoreName(name: string): string {
  switch (name) {
    case 'roc_auc':
      return 'AUC';
    case 'positive_f1':
      return 'F1';
    case 'macro_f1':
      return vscode.l10n.t('macro F1');
    case 'micro_f1':
      return vscode.l10n.t('micro F1');
    case 'hamming_loss':
      return vscode.l10n.t('wrong decisions');
    case 'balanced_accuracy':
      return vscode.l10n.t('balanced accuracy');
    case 'mcc':
      return 'MCC';
    case 'loss':
      return vscode.l10n.t('loss');
    case 'accuracy':
      return vscode.l10n.t('accuracy');
    default:
      return name;
  }
}

/** Its value: shares in percent, areas, correlations and losses as they are. */
export function scoreValue(name: string, value: number | null): string {
  if (value === null) return '–';
  return ['roc_auc', 'mcc', 'loss'].includes(name) ? value.toFixed(3) : `${(100 * value).toFixed(1)}%`;
}

function stateText(crossval: CrossvalProgress): string {
  if (crossval.state === 'finished') return '';
  return crossval.state === 'running' ? underWay(crossval) : stateWord(crossval.state);
}

function contextOf(crossval: CrossvalProgress): string {
  const words = ['crossval', crossval.state];
  if (crossval.result) words.push('judged');
  if (isCrossvalContinuable(crossval)) words.push('continuable');
  if (crossval.state !== 'running') words.push('ended');
  return words.join(' ');
}

function details(crossval: CrossvalProgress): string[] {
  const { id, state, message, data, createdAt, result } = crossval;
  return [
    id,
    vscode.l10n.t('State: {0}', stateWord(state)),
    ...(message === undefined ? [] : [message]),
    ...(result?.scores ?? []).map(scoreText),
    vscode.l10n.t('Data: {0}', data),
    vscode.l10n.t('Started: {0}', new Date(createdAt).toLocaleString()),
  ];
}
