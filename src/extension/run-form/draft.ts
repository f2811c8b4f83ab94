import * as vscode from 'vscode';
import { PlanRun, type RunPlan } from '../../protocol/messages';
import type { RunChoice } from '../../protocol/recipes';
import type { ClientHolder } from '../client-holder';
import { activeData } from '../commands/active-data';
import { changeArguments } from '../commands/run-arguments';
import { chooseBase, chooseData, choosePreset } from './choices';

/** A run, or a cross-validation of one, that is being put together. */
export interface Draft {
  readonly uri: string;
  /** Folder of the model to start from; absent for Rowlight's own. */
  readonly base?: string;
  readonly plan: RunPlan;
  readonly chosen: RunChoice;
}

/**
 * A run on a file, the active one, which is saved first, since trainers read it from the disk. Undefined where it could not be.
 * @param base folder of the model to start from; none: Rowlight's own
 */
export async function beginDraft(
  client: ClientHolder,
  document: vscode.TextDocument = activeData(),
  base?: string,
): Promise<Draft | undefined> {
  if (document.isUntitled) throw new Error(vscode.l10n.t('Save the data as a file first.'));
  if (document.isDirty && !(await document.save())) return undefined;
  const uri = document.uri.toString();
  const plan = await planned(client, uri, base);
  return { uri, ...(base === undefined ? {} : { base }), plan, chosen: plan.recommended };
}

/** Asks for another value of a part; the draft as it is where the user leaves. */
export async function changeDraft(
  client: ClientHolder,
  draft: Draft,
  part: 'data' | 'base' | 'preset' | 'advanced',
): Promise<Draft> {
  const { plan, chosen } = draft;
  switch (part) {
    case 'data': {
      const other = await chooseData();
      if (!other) return draft;
      const opened = await vscode.workspace.openTextDocument(other);
      if (opened.isDirty && !(await opened.save())) return draft;
      const uri = opened.uri.toString();
      return { ...draft, uri, plan: await planned(client, uri, draft.base) };
    }
    case 'base': {
      const picked = await chooseBase(client);
      if (picked === undefined) return draft;
      const base = picked === 'own' ? undefined : picked.folder;
      const anew = await planned(client, draft.uri, base);
      return { uri: draft.uri, ...(base === undefined ? {} : { base }), plan: anew, chosen: anew.recommended };
    }
    case 'preset':
      return { ...draft, chosen: (await choosePreset(plan.recommended)) ?? chosen };
    case 'advanced': {
      // Own numbers take the place of a recipe.
      const numbers = await changeArguments('recipe' in chosen ? plan.recommended : chosen);
      return { ...draft, chosen: numbers ?? chosen };
    }
  }
}

function planned(client: ClientHolder, uri: string, base: string | undefined): Promise<RunPlan> {
  return client.request(PlanRun, { uri, ...(base === undefined ? {} : { base }) });
}
