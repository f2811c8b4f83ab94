import {
  type AdaptationEstimate,
  EstimateAdaptation,
  StartAdaptation,
  adaptationArguments,
} from '../../protocol/adapt';
import { type AdaptationDraft, beginAdaptation, changeAdaptation } from '../adapt/draft';
import { showAdaptationForm } from '../adapt/form';
import type { Context } from '../context';
import { Estimates } from '../run-form/estimates';
import { copyCommandLine } from './fine-tune';

/** Adapts a model to the texts of the active file: a form shows what is read and what it would take, lets its parts be changed, and starts it. */
export async function adaptModel(context: Context): Promise<void> {
  const { client } = context;
  let draft = await beginAdaptation(client);
  if (!draft) return;
  const estimates = new Estimates<AdaptationDraft, AdaptationEstimate>(
    (of, token) => client.request(EstimateAdaptation, of, token),
    ({ plan, choices }) => [plan.data, plan.base, choices],
  );
  try {
    for (;;) {
      const answer = await showAdaptationForm(draft, estimates);
      switch (answer) {
        case undefined:
          return;
        case 'start':
          await client.request(StartAdaptation, draft);
          return;
        case 'estimate':
          estimates.again();
          break;
        case 'copy':
          await copyCommandLine(context, adaptationArguments(draft.plan, draft.choices));
          break;
        case 'base':
        case 'rows':
        case 'length':
        case 'held-out':
        case 'left-out':
        case 'advanced':
          draft = await changeAdaptation(client, draft, answer);
      }
    }
  } finally {
    estimates.dispose();
  }
}
