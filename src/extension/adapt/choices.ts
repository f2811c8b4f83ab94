import * as vscode from 'vscode';
import type { AdaptationChoices, AdaptationPlan, AdaptedRows } from '../../protocol/adapt';

/** Asks which rows are learnt from; undefined where the user leaves. */
export async function askRows({ texts, labelColumn }: AdaptationPlan): Promise<AdaptedRows | undefined> {
  const items = [
    ...(labelColumn === undefined
      ? []
      : [
          {
            label: vscode.l10n.t('Rows without a label'),
            description: String(texts.unlabelled),
            detail: vscode.l10n.t('Rows that judge a fine-tuned model later are then not among the texts.'),
            rows: 'unlabelled' as const,
          },
        ]),
    {
      label: vscode.l10n.t('All rows'),
      description: String(texts.all),
      detail: vscode.l10n.t('Texts alone are read, labels are not; held-out rows of a later run are among them.'),
      rows: 'all' as const,
    },
  ];
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Rows to learn from') }))?.rows;
}

/** How long a run takes beside the recommended one. */
const LENGTHS = [1, 0.25, 3] as const;

/** Passes of a run of one of the offered lengths. */
export function epochsFor(factor: number, recommended: number): number {
  return Math.min(1000, Math.max(1, Math.round(factor * recommended)));
}

/** Asks how long to train: as recommended, shorter, longer. */
export async function askLength(recommended: AdaptationChoices): Promise<{ epochs: number } | undefined> {
  const items = LENGTHS.map((factor) => {
    const epochs = epochsFor(factor, recommended.epochs);
    return {
      label: lengthName(factor),
      description: vscode.l10n.t('{0} epochs', epochs),
      detail: reason(factor),
      epochs,
    };
  });
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('How long') });
  return picked && { epochs: picked.epochs };
}

/** What the length of a run is called; its epochs where it is none of those offered. */
export function lengthText({ epochs }: AdaptationChoices, recommended: AdaptationChoices): string {
  const factor = LENGTHS.find((one) => epochsFor(one, recommended.epochs) === epochs);
  const count = vscode.l10n.t('{0} epochs', epochs);
  return factor === undefined ? count : `${lengthName(factor)} · ${count}`;
}

function lengthName(factor: (typeof LENGTHS)[number]): string {
  switch (factor) {
    case 1:
      return vscode.l10n.t('Recommended');
    case 0.25:
      return vscode.l10n.t('Quick try');
    case 3:
      return vscode.l10n.t('Thorough');
  }
}

function reason(factor: (typeof LENGTHS)[number]): string {
  switch (factor) {
    case 1:
      return vscode.l10n.t('Some hundred steps, whatever the size of the file.');
    case 0.25:
      return vscode.l10n.t('Soon shows whether the texts are learnt from at all.');
    case 3:
      return vscode.l10n.t(
        'Three times as long: for texts that are far from what the model knows. The best judgement is kept.',
      );
  }
}

/** Shares of the texts that are offered to judge by. */
const SHARES = [0.02, 0.05, 0.1, 0.2] as const;

/** Asks for the share of the texts that judges. */
export async function askHeldOut(): Promise<{ heldOut: number } | undefined> {
  const items = SHARES.map((heldOut) => ({ label: `${Math.round(100 * heldOut)}%`, heldOut }));
  const title = vscode.l10n.t('Texts held out to judge by');
  const picked = await vscode.window.showQuickPick(items, { title });
  return picked && { heldOut: picked.heldOut };
}

/** Asks which test sets' texts are not learnt from. */
export async function askLeftOut(
  { testSets }: AdaptationPlan,
  leaveOut: readonly string[],
): Promise<{ leaveOut: string[] } | undefined> {
  const items = testSets.map((path) => ({
    label: vscode.workspace.asRelativePath(path),
    picked: leaveOut.includes(path),
    path,
  }));
  const title = vscode.l10n.t('Test sets whose texts are not learnt from');
  const picked = await vscode.window.showQuickPick(items, { title, canPickMany: true });
  return picked && { leaveOut: picked.map(({ path }) => path) };
}
