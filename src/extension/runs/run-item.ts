import { basename } from 'node:path';
import * as vscode from 'vscode';
import { modelName } from '../../protocol/hub';
import type { RunProgress } from '../../protocol/messages';
import type { RunState, RunSummary } from '../../protocol/runs';
import { timeLeft } from '../progress-text';

/** A run as a line of the tree: name, state, scores, base and time; its context value says what can be done with it. */
export function runItem(progress: RunProgress): vscode.TreeItem {
  const { run } = progress;
  const item = new vscode.TreeItem(runName(run));
  item.id = run.folder;
  const facts = [stateText(progress), scoreText(run), modelName(run.base), startedText(run)].filter(Boolean);
  item.description = facts.join(' · ');
  // Plain text: names of files, columns and models are other people's content.
  item.tooltip = details(progress).join('\n');
  item.iconPath = runIcon(run.state);
  item.contextValue = contextOf(run);
  item.accessibilityInformation = { label: [runName(run), stateWord(run.state), ...facts.slice(1)].join(', ') };
  return item;
}

/** What a run is called: the name that the user gave it, else the name of its data file. */
export function runName(run: Pick<RunSummary, 'name' | 'data'>): string {
  return run.name ?? basename(run.data);
}

/** The run among others, for a list to choose from. */
export function runDescription(progress: RunProgress): string {
  const { run } = progress;
  return [stateText(progress) || stateWord(run.state), scoreText(run), modelName(run.base), startedText(run)]
    .filter(Boolean)
    .join(' · ');
}

/** Whether a run may be continued: it came to no good end, and has a checkpoint to go on from. */
export function isContinuable({ state, usable }: Pick<RunSummary, 'state' | 'usable'>): boolean {
  return usable && (state === 'interrupted' || state === 'cancelled' || state === 'failed');
}

const color = (id: string): vscode.ThemeColor => new vscode.ThemeColor(id);

const ICONS: Readonly<Record<RunState, vscode.ThemeIcon>> = {
  running: new vscode.ThemeIcon('sync~spin'),
  finished: new vscode.ThemeIcon('pass', color('testing.iconPassed')),
  interrupted: new vscode.ThemeIcon('debug-disconnect', color('list.warningForeground')),
  failed: new vscode.ThemeIcon('error', color('list.errorForeground')),
  cancelled: new vscode.ThemeIcon('circle-slash'),
};

/** The icon of a state. */
export function runIcon(state: RunState): vscode.ThemeIcon {
  return ICONS[state];
}

/** Words that the menus of `package.json` look for. */
function contextOf(run: RunSummary): string {
  const words: string[] = [run.state];
  if (run.usable && run.state !== 'running') words.push('usable');
  if (isContinuable(run)) words.push('continuable');
  if (run.state !== 'running') words.push('ended');
  return words.join(' ');
}

/** How far it is, or how it ended; nothing for a finished one, whose scores say it. */
function stateText({ run, secondsLeft }: RunProgress): string {
  if (run.state === 'finished') return '';
  if (run.state !== 'running') return stateWord(run.state);
  if (run.totalSteps === undefined) return vscode.l10n.t('preparing…');
  const inStage = vscode.l10n.t('step {0} of {1}', run.step, run.totalSteps);
  const step = run.stage ? `${vscode.l10n.t('stage {0} of {1}', run.stage.number, run.stage.of)}, ${inStage}` : inStage;
  return secondsLeft === undefined ? step : `${step}, ${vscode.l10n.t('{0} left', timeLeft(secondsLeft))}`;
}

/** A state in one word. */
export function stateWord(state: RunState): string {
  switch (state) {
    case 'running':
      return vscode.l10n.t('running');
    case 'finished':
      return vscode.l10n.t('finished');
    case 'interrupted':
      return vscode.l10n.t('interrupted');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'cancelled':
      return vscode.l10n.t('cancelled');
  }
}

function scoreText({ scores }: RunSummary): string {
  return scores ? `${percent(scores.accuracy)} · F1 ${percent(scores.macroF1)}` : '';
}

/** When it began, as short as it may be. */
export function startedText({ createdAt }: Pick<RunSummary, 'createdAt'>): string {
  const when = new Date(createdAt);
  const today = when.toDateString() === new Date().toDateString();
  return today
    ? when.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
    : when.toLocaleDateString(undefined, { month: 'numeric', day: 'numeric' });
}

function details({ run, loss }: RunProgress): string[] {
  const lines = [run.id, vscode.l10n.t('State: {0}', stateWord(run.state))];
  if (run.message !== undefined && run.state === 'failed') lines.push(run.message);
  if (run.scores) {
    const { accuracy, macroF1 } = run.scores;
    lines.push(vscode.l10n.t('Held-out rows: accuracy {0}, macro F1 {1}', percent(accuracy), percent(macroF1)));
  }
  lines.push(vscode.l10n.t('Data: {0} ({1} ← {2})', run.data, run.columns.label, run.columns.text));
  lines.push(vscode.l10n.t('Base model: {0}', run.base));
  lines.push(vscode.l10n.t('{0} labels', run.labels.length));
  if (run.totalSteps !== undefined) lines.push(vscode.l10n.t('step {0} of {1}', run.step, run.totalSteps));
  if (run.stage) lines.push(vscode.l10n.t('stage {0} of {1}', run.stage.number, run.stage.of));
  if (loss !== undefined && run.state === 'running') lines.push(vscode.l10n.t('loss {0}', loss.toFixed(3)));
  lines.push(vscode.l10n.t('Started: {0}', new Date(run.createdAt).toLocaleString()));
  if (run.seconds !== undefined) lines.push(vscode.l10n.t('Took: {0}', timeLeft(run.seconds)));
  return lines;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}
