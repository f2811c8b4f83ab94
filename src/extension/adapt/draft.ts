import * as vscode from 'vscode';
import { type AdaptationChoices, type AdaptationPlan, PlanAdaptation } from '../../protocol/adapt';
import type { ClientHolder } from '../client-holder';
import { activeData } from '../commands/active-data';
import { changeArguments } from '../commands/run-arguments';
import { chooseBase } from '../run-form/choices';
import { askHeldOut, askLength, askLeftOut, askRows } from './choices';

/** An adaptation that is being put together. */
export interface AdaptationDraft {
  readonly uri: string;
  readonly plan: AdaptationPlan;
  readonly choices: AdaptationChoices;
}

/** What of an adaptation can be changed. */
export type AdaptationPart = 'base' | 'rows' | 'length' | 'held-out' | 'left-out' | 'advanced';

/** An adaptation of Rowlight's own model to the active file, which is saved first. Undefined where it could not be. */
export async function beginAdaptation(client: ClientHolder): Promise<AdaptationDraft | undefined> {
  const document = activeData();
  if (document.isUntitled) throw new Error(vscode.l10n.t('Save the data as a file first.'));
  if (document.isDirty && !(await document.save())) return undefined;
  const uri = document.uri.toString();
  const plan = await client.request(PlanAdaptation, { uri });
  // Few rows without a label are no text to learn from.
  const rows = plan.texts.unlabelled * 10 >= plan.texts.all ? 'unlabelled' : 'all';
  return { uri, plan, choices: plan.recommended[rows] };
}

/** Asks for another value of a part; the draft as it is where the user leaves. */
export async function changeAdaptation(
  client: ClientHolder,
  draft: AdaptationDraft,
  part: AdaptationPart,
): Promise<AdaptationDraft> {
  const { uri, plan, choices } = draft;
  const { leaveOut, heldOut, rows } = choices;
  const withChoices = (changed: Partial<AdaptationChoices> | undefined) =>
    changed === undefined ? draft : { ...draft, choices: { ...choices, ...changed } };
  switch (part) {
    case 'base': {
      const picked = await chooseBase(client);
      if (picked === undefined) return draft;
      const anew = await client.request(PlanAdaptation, { uri, ...(picked === 'own' ? {} : { base: picked.folder }) });
      return { uri, plan: anew, choices: { ...anew.recommended[rows], leaveOut, heldOut } };
    }
    case 'rows': {
      const other = await askRows(plan);
      return other === undefined ? draft : { ...draft, choices: { ...plan.recommended[other], leaveOut, heldOut } };
    }
    case 'length':
      return withChoices(await askLength(plan.recommended[rows]));
    case 'held-out':
      return withChoices(await askHeldOut());
    case 'left-out':
      return withChoices(await askLeftOut(plan, leaveOut));
    case 'advanced':
      return withChoices(
        await changeArguments(choices, {
          title: (step, of) => vscode.l10n.t('Adapt ({0} of {1})', step, of),
          prompts: {
            epochs: vscode.l10n.t('Epochs: how often every text is read'),
            learningRate: vscode.l10n.t('Learning rate: 5e-5 suits a BERT-base, 3e-4 a small model'),
            maxLength: vscode.l10n.t('Tokens of a sequence; texts are packed into them one after another'),
            batchSize: vscode.l10n.t('Batch size: sequences in one step'),
          },
        }),
      );
  }
}
