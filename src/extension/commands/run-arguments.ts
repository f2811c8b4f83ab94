import * as vscode from 'vscode';
import type { RunArguments } from '../../protocol/messages';
import { parseNumber, type NumberRule } from './parse-number';

/** What each number of a run may be. */
const RULES: { readonly [Key in keyof RunArguments]: NumberRule } = {
  epochs: { whole: true, least: 1, most: 1000 },
  learningRate: { whole: false, least: 1e-8, most: 1 },
  maxLength: { whole: true, least: 3, most: 512 },
  batchSize: { whole: true, least: 1, most: 1024 },
};

/** How the numbers of a run are asked for. */
export interface ArgumentsWording {
  /** Title of a question, counted from 1. */
  readonly title: (step: number, of: number) => string;
  readonly prompts: { readonly [Key in keyof RunArguments]: string };
}

/** Asks for the numbers of a run one after the other; undefined where the user leaves. */
export async function changeArguments(
  current: RunArguments,
  { title, prompts }: ArgumentsWording = fineTuneWording(),
): Promise<RunArguments | undefined> {
  const { epochs, learningRate, maxLength, batchSize } = current;
  const result: { -readonly [Key in keyof RunArguments]: number } = { epochs, learningRate, maxLength, batchSize };
  const keys = Object.keys(RULES) as (keyof RunArguments)[];
  for (const [step, key] of keys.entries()) {
    const rule = RULES[key];
    const input = await vscode.window.showInputBox({
      title: title(step + 1, keys.length),
      prompt: prompts[key],
      value: String(current[key]),
      ignoreFocusOut: true,
      validateInput: (text) =>
        parseNumber(text, rule) === undefined
          ? vscode.l10n.t('A number from {0} to {1}', rule.least, rule.most)
          : undefined,
    });
    const value = input === undefined ? undefined : parseNumber(input, rule);
    if (value === undefined) return undefined;
    result[key] = value;
  }
  return result;
}

function fineTuneWording(): ArgumentsWording {
  return {
    title: (step, of) => vscode.l10n.t('Fine-tune ({0} of {1})', step, of),
    prompts: {
      epochs: vscode.l10n.t('Epochs: how often every labelled row is seen'),
      learningRate: vscode.l10n.t('Learning rate: 2e-5 suits a BERT-base, 3e-4 a small model'),
      maxLength: vscode.l10n.t('Length limit in tokens; longer texts are cut'),
      batchSize: vscode.l10n.t('Batch size: rows in one step'),
    },
  };
}
