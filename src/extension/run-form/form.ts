import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { RunPlan } from '../../protocol/messages';
import type { RunChoice } from '../../protocol/recipes';
import type { RunEstimate } from '../../protocol/run-actions';
import { trainArguments } from '../../protocol/train-command';
import { timeLeft } from '../progress-text';
import { trainingLine } from '../training-line';
import type { Estimate, Estimates } from './estimates';
import { type FormItem, pickLive } from './live-pick';
import { type Preset, presetOf } from './presets';

/** What the user wants next. */
export type Answer = 'start' | 'data' | 'base' | 'preset' | 'advanced' | 'estimate' | 'copy';

/** The run of a form: what is planned, and its numbers. */
export interface FormRun {
  readonly plan: RunPlan;
  readonly chosen: RunChoice;
}

/** Shows a run before it starts: every part of it can be changed, and what it would take is measured meanwhile. Undefined where the user leaves. */
export function showForm(run: FormRun, estimates: Estimates<FormRun, RunEstimate>): Promise<Answer | undefined> {
  const title = vscode.l10n.t('Fine-tune on {0}', vscode.workspace.asRelativePath(run.plan.data));
  const placeholder = vscode.l10n.t('Start, or change a part of the run first');
  const state = () => {
    const estimate = estimates.of(run);
    return { items: itemsOf(run.plan, run.chosen, estimate), busy: estimate.kind === 'measuring' };
  };
  return pickLive<Answer>({ title, placeholder }, state, estimates.onDidChange);
}

/** What a preset is called. */
export function presetName(preset: Preset | undefined): string {
  switch (preset) {
    case 'recommended':
      return vscode.l10n.t('Recommended');
    case 'quick':
      return vscode.l10n.t('Quick try');
    case 'thorough':
      return vscode.l10n.t('Thorough');
    case undefined:
      return vscode.l10n.t('Own numbers');
  }
}

/** What is said of a recipe in one line: its name, or that of its file. */
export function recipeName(recipe: string): string {
  return vscode.l10n.t('Recipe {0}', basename(recipe).replace(/\.recipe\.json$/, ''));
}

/** The numbers of a run in one line. */
export function numbersText(chosen: RunChoice): string {
  if ('recipe' in chosen) return vscode.l10n.t('as the recipe has them');
  const { epochs, learningRate, maxLength, batchSize } = chosen;
  return vscode.l10n.t(
    'epochs {0}, learning rate {1}, length {2}, batch size {3}',
    epochs,
    learningRate,
    maxLength,
    batchSize,
  );
}

function itemsOf(plan: RunPlan, chosen: RunChoice, estimate: Estimate<RunEstimate>): FormItem<Answer>[] {
  const rows = vscode.l10n.t(
    '{0} labelled rows, {1} labels, {2} unlabelled',
    plan.labelled,
    plan.labels,
    plan.unlabelled,
  );
  const column = plan.textBColumn === undefined ? plan.textColumn : `${plan.textColumn} + ${plan.textBColumn}`;
  const preset = 'recipe' in chosen ? recipeName(chosen.recipe) : presetName(presetOf(chosen, plan.recommended));
  return [
    { label: `$(play) ${vscode.l10n.t('Start')}`, description: shortEstimate(estimate), answer: 'start' },
    {
      label: `$(table) ${vscode.l10n.t('Data…')}`,
      description: `${plan.labelColumn} ← ${column} · ${rows}`,
      ...withDetail(estimate.kind === 'known' ? doubtsText(estimate.estimate) : ''),
      answer: 'data',
    },
    { label: `$(package) ${vscode.l10n.t('Base model…')}`, description: plan.baseName, answer: 'base' },
    { label: `$(settings) ${vscode.l10n.t('Preset…')}`, description: preset, answer: 'preset' },
    { label: `$(edit) ${vscode.l10n.t('Advanced…')}`, description: numbersText(chosen), answer: 'advanced' },
    {
      label: `$(watch) ${vscode.l10n.t('Time and memory')}`,
      description: estimateText(estimate),
      ...withDetail(estimate.kind === 'known' ? memoryText(estimate.estimate) : ''),
      answer: 'estimate',
    },
    {
      label: `$(terminal) ${vscode.l10n.t('Copy Command Line')}`,
      detail: trainingLine(['rowlight'], trainArguments(plan, chosen)),
      answer: 'copy',
    },
  ];
}

function withDetail(detail: string): { detail?: string } {
  return detail === '' ? {} : { detail };
}

/** Most labels with few rows that are named. */
const NAMED = 5;

/** What may spoil the run: labels with few rows, texts that are cut, rows on both sides. */
function doubtsText({ few, truncated, texts, leaked }: RunEstimate): string {
  const named = few.slice(0, NAMED).map(({ label, rows }) => `${label} (${rows})`);
  const doubts = [
    ...(few.length > 0
      ? [
          vscode.l10n.t(
            'fewer than 5 rows to learn from: {0}',
            named.join(', ') + (few.length > named.length ? ', …' : ''),
          ),
        ]
      : []),
    ...(truncated > 0 ? [vscode.l10n.t('{0} of {1} texts are cut', truncated, texts)] : []),
    ...(leaked > 0 ? [vscode.l10n.t('{0} held-out rows repeat rows to learn from', leaked)] : []),
  ];
  return doubts.length === 0 ? '' : `$(warning) ${doubts.join(' · ')}`;
}

function memoryText({ memory: { weights, gradients, moments, activations } }: RunEstimate): string {
  const size = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return vscode.l10n.t(
    'weights {0} MB, gradients {1} MB, moments {2} MB, activations {3} MB',
    size(weights),
    size(gradients),
    size(moments),
    size(activations),
  );
}

function shortEstimate(estimate: Estimate<RunEstimate>): string {
  return estimate.kind === 'known' ? vscode.l10n.t('about {0}', timeLeft(estimate.estimate.seconds)) : '';
}

function estimateText(estimate: Estimate<RunEstimate>): string {
  switch (estimate.kind) {
    case 'measuring':
      return vscode.l10n.t('measuring three steps…');
    case 'failed':
      return `$(warning) ${estimate.message}`;
    case 'known': {
      const { totalSteps, secondsAStep, seconds, peakMemory } = estimate.estimate;
      return vscode.l10n.t(
        'about {0} for {1} steps of {2} s, {3} GB of memory at most',
        timeLeft(seconds),
        totalSteps,
        secondsAStep < 10 ? secondsAStep.toFixed(2) : secondsAStep.toFixed(0),
        (peakMemory / 1e9).toFixed(1),
      );
    }
  }
}
