import * as vscode from 'vscode';
import type { RowSnapshot } from '../../protocol/label-acts';
import { percent } from '../../protocol/percent';
import type { CardChoice, CardPhrases, CardState } from '../../protocol/row-card';

/** How many labels have a bar. */
const TOP = 5;

/** The card of a row. @param mode whether labelling mode is on @param perMinute rows a minute, where that is known */
export function cardState(
  uri: string,
  row: RowSnapshot,
  { mode, perMinute }: { readonly mode: boolean; readonly perMinute: number | undefined },
): CardState {
  const { version, text, textB, label, several, labelled, total, problem } = row;
  const choices = row.choices.map((choice): CardChoice => {
    const { probability } = choice;
    return probability === undefined ? choice : { ...choice, percent: percent(probability) };
  });
  return {
    kind: 'row',
    uri,
    version,
    row: row.row,
    // Lines as the editor counts them.
    title: vscode.l10n.t('Line {0}', row.lines[0] + 1),
    text,
    ...(textB === undefined ? {} : { textB }),
    ...(label === undefined ? {} : { given: several ? namesOf(several.given) : label }),
    ...(several ? { set: several.given } : {}),
    top: choices.slice(0, TOP),
    others: choices.slice(TOP),
    labelled,
    total,
    progress: vscode.l10n.t('{0} of {1} rows labelled', labelled, total),
    ...(perMinute === undefined ? {} : { speed: vscode.l10n.t('{0} rows a minute', Math.round(perMinute)) }),
    ...(problem === undefined ? {} : { problem }),
    mode,
    phrases: phrases(choices.length > 0, several !== undefined),
  };
}

function namesOf(labels: readonly string[]): string {
  return labels.length === 0 ? vscode.l10n.t('none of the labels') : labels.join(', ');
}

/** @param classes whether there are labels to choose from @param several whether a row may have several of them */
function phrases(classes: boolean, several: boolean): CardPhrases {
  return {
    // Without any label the button begins with naming them.
    start: classes ? vscode.l10n.t('Label by keyboard') : vscode.l10n.t('Start Labelling'),
    keys: several
      ? vscode.l10n.t('A key adds its label or takes it away. Enter takes what is predicted, or what you chose, and goes on. Backspace clears, Esc ends.') // prettier-ignore
      : vscode.l10n.t('Enter takes the first, a key its label. Space skips, Backspace clears, Esc ends.'),
    others: vscode.l10n.t('Other labels'),
    choices: vscode.l10n.t('Labels by probability'),
    unlabelled: vscode.l10n.t('Not labelled'),
    label: vscode.l10n.t('Label:'),
  };
}
