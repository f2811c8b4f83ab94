import * as vscode from 'vscode';
import { type AdaptationEstimate, adaptationArguments } from '../../protocol/adapt';
import { shellLine } from '../../protocol/train-command';
import { timeLeft } from '../progress-text';
import type { Estimate, Estimates } from '../run-form/estimates';
import { type FormItem, pickLive } from '../run-form/live-pick';
import { lengthText } from './choices';
import type { AdaptationDraft, AdaptationPart } from './draft';

/** What the user wants next. */
export type AdaptationAnswer = 'start' | 'estimate' | 'copy' | AdaptationPart;

/** Shows an adaptation before it starts; what it would read and take is found out meanwhile. Undefined where the user leaves. */
export function showAdaptationForm(
  draft: AdaptationDraft,
  estimates: Estimates<AdaptationDraft, AdaptationEstimate>,
): Promise<AdaptationAnswer | undefined> {
  const title = vscode.l10n.t('Adapt a model to {0}', vscode.workspace.asRelativePath(draft.plan.data));
  const placeholder = vscode.l10n.t('The model learns to guess masked words of your texts; fine-tune it afterwards');
  const state = () => {
    const estimate = estimates.of(draft);
    return { items: itemsOf(draft, estimate), busy: estimate.kind === 'measuring' };
  };
  return pickLive<AdaptationAnswer>({ title, placeholder }, state, estimates.onDidChange);
}

function itemsOf(
  { plan, choices }: AdaptationDraft,
  estimate: Estimate<AdaptationEstimate>,
): FormItem<AdaptationAnswer>[] {
  const { texts, textColumn, testSets } = plan;
  const { rows, heldOut, leaveOut, learningRate, maxLength, batchSize } = choices;
  const count =
    rows === 'all'
      ? vscode.l10n.t('all {0} rows', texts.all)
      : vscode.l10n.t('{0} rows without a label', texts.unlabelled);
  const known = estimate.kind === 'known' ? estimate.estimate : undefined;
  const items: (FormItem<AdaptationAnswer> | false)[] = [
    {
      label: `$(play) ${vscode.l10n.t('Start')}`,
      description: known ? vscode.l10n.t('about {0}', timeLeft(known.seconds)) : '',
      answer: 'start',
    },
    {
      label: `$(table) ${vscode.l10n.t('Rows…')}`,
      description: `${textColumn} · ${count}`,
      ...(known ? { detail: readText(known) } : {}),
      answer: 'rows',
    },
    { label: `$(package) ${vscode.l10n.t('Base model…')}`, description: plan.baseName, answer: 'base' },
    {
      label: `$(settings) ${vscode.l10n.t('How long…')}`,
      description: lengthText(choices, plan.recommended[rows]),
      answer: 'length',
    },
    {
      label: `$(beaker) ${vscode.l10n.t('Held out…')}`,
      description: vscode.l10n.t('{0}% of the texts judge before and after', Math.round(100 * heldOut)),
      answer: 'held-out',
    },
    testSets.length > 0 && {
      label: `$(shield) ${vscode.l10n.t('Left out…')}`,
      description:
        leaveOut.length === 0
          ? vscode.l10n.t('no test set')
          : leaveOut.map((path) => vscode.workspace.asRelativePath(path)).join(', '),
      answer: 'left-out',
    },
    {
      label: `$(edit) ${vscode.l10n.t('Advanced…')}`,
      description: vscode.l10n.t('learning rate {0}, length {1}, batch size {2}', learningRate, maxLength, batchSize),
      answer: 'advanced',
    },
    {
      label: `$(watch) ${vscode.l10n.t('Time and memory')}`,
      description: estimateText(estimate),
      answer: 'estimate',
    },
    {
      label: `$(terminal) ${vscode.l10n.t('Copy Command Line')}`,
      detail: shellLine(['rowlight', ...adaptationArguments(plan, choices)], process.platform),
      answer: 'copy',
    },
  ];
  return items.filter((item) => item !== false);
}

function readText({ texts, heldOut, nearDuplicates, leftOut }: AdaptationEstimate): string {
  return [
    vscode.l10n.t('{0} texts to learn from, {1} held out', texts, heldOut),
    ...(nearDuplicates > 0 ? [vscode.l10n.t('{0} near-duplicates left out', nearDuplicates)] : []),
    ...(leftOut > 0 ? [vscode.l10n.t('{0} texts of test sets left out', leftOut)] : []),
  ].join(' · ');
}

function estimateText(estimate: Estimate<AdaptationEstimate>): string {
  switch (estimate.kind) {
    case 'measuring':
      return vscode.l10n.t('reading texts, measuring steps…');
    case 'failed':
      return `$(warning) ${estimate.message}`;
    case 'known': {
      const { seconds, totalSteps, peakMemory } = estimate.estimate;
      const memory = (peakMemory / 1e9).toFixed(1);
      return vscode.l10n.t('about {0} for {1} steps, {2} GB of memory at most', timeLeft(seconds), totalSteps, memory);
    }
  }
}
