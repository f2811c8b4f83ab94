import * as vscode from 'vscode';
import { modelName } from '../../protocol/hub';
import type { PretrainingProgress } from '../../protocol/pretraining';
import { pretrainingName } from '../../report/pretraining/about';
import { perplexity, perplexityText } from '../../report/pretraining/numbers';
import { timeLeft } from '../progress-text';
import { runIcon, startedText, stateWord } from '../runs/run-item';

/** A pre-training run as a line of the tree of runs. Its context value says what can be done with it. */
export function pretrainingItem(run: PretrainingProgress): vscode.TreeItem {
  const item = new vscode.TreeItem(pretrainingName(run));
  item.id = run.folder;
  const facts = pretrainingFacts(run);
  item.description = facts.join(' · ');
  // Plain text: names of files and models are other people's content.
  item.tooltip = details(run).join('\n');
  item.iconPath = runIcon(run.state);
  item.contextValue = contextOf(run);
  item.accessibilityInformation = { label: [pretrainingName(run), stateWord(run.state), ...facts].join(', ') };
  return item;
}

/** Whether a value that a menu hands over is a pre-training run. */
export function isPretrainingRun(value: unknown): value is PretrainingProgress {
  return typeof value === 'object' && value !== null && 'fresh' in value && 'usable' in value;
}

/** Whether it may go on: it came to no good end, and has a checkpoint to go on from. */
export function isPretrainingContinuable({ state, usable }: PretrainingProgress): boolean {
  return usable && (state === 'interrupted' || state === 'cancelled' || state === 'failed');
}

/** Whether there is a model that may be fine-tuned: one that learnt something, and is not being changed. */
export function isFinishedBase({ state, usable, step }: PretrainingProgress): boolean {
  return usable && step > 0 && state !== 'running';
}

/** What a list says of it beside its name: how it stands, its scores, its base, when it began. */
export function pretrainingFacts(run: PretrainingProgress): string[] {
  const what = vscode.l10n.t('pre-training');
  const base = run.base === '' ? '' : modelName(run.base);
  return [what, stateText(run), scoreText(run), base, startedText(run)].filter(Boolean);
}

/** How far the reading of the corpus is, or the step under way with its speed and what is left. */
export function pretrainingUnderWay(run: PretrainingProgress): string {
  const { reading, step, totalSteps, loss, tokensPerSecond, secondsLeft } = run;
  const parts: string[] = [];
  if (reading) {
    const share = `${Math.floor(100 * reading.share)}%`;
    const hashing = reading.doing === 'hashing';
    parts.push(hashing ? vscode.l10n.t('looking at files, {0}', share) : vscode.l10n.t('reading texts, {0}', share));
  } else if (totalSteps === undefined) {
    parts.push(vscode.l10n.t('preparing…'));
  } else {
    parts.push(vscode.l10n.t('step {0} of {1}', step, totalSteps));
  }
  if (loss !== undefined) parts.push(vscode.l10n.t('loss {0}', loss.toFixed(3)));
  if (tokensPerSecond !== undefined) parts.push(vscode.l10n.t('{0} tokens/s', tokensPerSecond.toFixed(0)));
  if (secondsLeft !== undefined) parts.push(vscode.l10n.t('{0} left', timeLeft(secondsLeft)));
  return parts.join(' · ');
}

/** Masked accuracy and perplexity of the best checkpoint; empty where nothing judged it. */
export function scoreText({ scores }: PretrainingProgress): string {
  if (!scores) return '';
  const accuracy = `${(100 * scores.accuracy).toFixed(1)}%`;
  return vscode.l10n.t('masked accuracy {0} · perplexity {1}', accuracy, perplexityText(perplexity(scores.loss)));
}

function stateText(run: PretrainingProgress): string {
  if (run.state === 'finished') return '';
  return run.state === 'running' ? pretrainingUnderWay(run) : stateWord(run.state);
}

function contextOf(run: PretrainingProgress): string {
  const words = ['pretraining', run.state];
  if (isFinishedBase(run)) words.push('base');
  if (isPretrainingContinuable(run)) words.push('continuable');
  if (run.state !== 'running') words.push('ended');
  return words.join(' ');
}

function details(run: PretrainingProgress): string[] {
  const { id, state, message, data, base, fresh, step, totalSteps, createdAt, seconds } = run;
  const scores = scoreText(run);
  return [
    id,
    vscode.l10n.t('State: {0}', stateWord(state)),
    ...(message === undefined ? [] : [message]),
    ...(scores === '' ? [] : [scores]),
    ...(data.length === 0 ? [] : [vscode.l10n.t('Data: {0}', data.join(', '))]),
    ...(base === '' ? [] : [vscode.l10n.t('Base model: {0}', base)]),
    ...(fresh ? [vscode.l10n.t('all weights began anew')] : []),
    ...(totalSteps === undefined ? [] : [vscode.l10n.t('step {0} of {1}', step, totalSteps)]),
    vscode.l10n.t('Started: {0}', new Date(createdAt).toLocaleString()),
    ...(seconds === undefined ? [] : [vscode.l10n.t('Took: {0}', timeLeft(seconds))]),
  ];
}
