import * as vscode from 'vscode';
import { FindCounterpart, StartCounterpart } from '../../protocol/adapt';
import type { RunSummary } from '../../protocol/runs';
import { percent } from '../../report/numbers';
import type { Context } from '../context';

/**
 * After a run from an adapted base, or from the base that was adapted: tells the scores of both on the labels and offers to compare them row by row, or
 * offers to make the one that is missing, with the same numbers and seed.
 */
export async function offerComparison({ client, comparisons }: Context, { folder }: RunSummary): Promise<void> {
  const counterpart = await client.request(FindCounterpart, { folder });
  if (counterpart === null) return;
  const { plainBase, pair } = counterpart;
  if (!pair) {
    const start = vscode.l10n.t('Fine-Tune {0} Too', plainBase);
    const message = vscode.l10n.t(
      'Did adapting help the labels? Fine-tune {0} as it was, with the same numbers and seed, and compare.',
      plainBase,
    );
    if ((await vscode.window.showInformationMessage(message, start)) === start) {
      await client.request(StartCounterpart, { folder });
    }
    return;
  }
  const { plain, adapted } = pair;
  const compare = vscode.l10n.t('Compare');
  const message = vscode.l10n.t(
    'Did adapting help the labels? Fine-tuned from the adapted model: accuracy {0}, macro F1 {1}; from {2} as it was: accuracy {3}, macro F1 {4}.',
    percent(adapted.scores.accuracy),
    percent(adapted.scores.macroF1),
    plainBase,
    percent(plain.scores.accuracy),
    percent(plain.scores.macroF1),
  );
  if ((await vscode.window.showInformationMessage(message, compare)) === compare) {
    comparisons.show([plain.folder, adapted.folder]);
  }
}
