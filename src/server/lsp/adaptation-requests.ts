import { basename, dirname, join } from 'node:path';
import type { Connection } from 'vscode-languageserver';
import { z } from 'zod';
import {
  type AdaptationPlan,
  EstimateAdaptation,
  PlanAdaptation,
  StartAdaptation,
  adaptationArguments,
} from '../../protocol/adapt';
import type { Clock, Log } from '../env';
import { RowlightError } from '../errors';
import type { Trainer } from '../host/trainer';
import { readModelConfig } from '../model/model-folder';
import { nodeFiles } from '../node-files';
import { parseJson } from '../parse-json';
import { preparePretrainingFolder, pretrainingFolder } from '../runs/pretrain/workspace';
import { newRunId } from '../runs/run-folder';
import { countTexts, recommendedChoices, testSetsBeside } from './adaptation-plan';
import type { Documents } from './documents';
import { DEFAULT_BASE, type ServerEnv } from './environment';
import type { FileStates } from './file-states';
import type { ModelCards } from './model-cards';
import type { PretrainingTrainers } from './pretraining-trainers';
import { savedFile } from './saved-file';
import { answer } from './wire';
import type { Workspace } from './workspace';

/** What `rowlight pretrain --estimate --json` prints (`cli/pretrain-estimate.ts`). */
const estimateSchema = z.object({
  total_steps: z.number(),
  total_seconds: z.number(),
  peak_memory_bytes: z.number(),
  documents: z.number(),
  held_out: z.number(),
  near_duplicates: z.number(),
  left_out: z.number(),
});

/** What the requests about adapting a model work on. */
export interface AdaptationParts {
  readonly env: Pick<ServerEnv, 'files' | 'bundledModels'> & { readonly clock: Clock };
  readonly documents: Documents;
  readonly files: FileStates;
  readonly workspace: Workspace;
  readonly cards: ModelCards;
  readonly trainer: Pick<Trainer, 'measure'>;
  readonly trainers: PretrainingTrainers;
  readonly log: Log;
}

/** Plan, estimate and start the adaptation of a model to a file. What becomes of one that was started is the pre-training runs' to tell. */
export function registerAdaptationRequests(connection: Connection, parts: AdaptationParts): void {
  const { env, documents, files, workspace, cards, trainer, trainers, log } = parts;

  const rootOf = (uri: string): string => {
    const root = workspace.rootOf(uri);
    if (root === undefined) throw new RowlightError('bad-argument', 'Save the data as a file first.');
    return root;
  };

  answer(connection, log, PlanAdaptation, async ({ uri, base }) => {
    const { document, path: data, columns } = await savedFile({ documents, files }, uri);
    const count = await countTexts(document, columns);
    if (count.all.texts < 2) throw new RowlightError('bad-data', `${basename(data)}: has no texts to learn from yet.`);
    const model = base ?? join(env.bundledModels, DEFAULT_BASE);
    const card = await cards.read(model);
    const root = rootOf(uri);
    const textColumn = columns.names[columns.text] ?? '';
    const testSets = await testSetsBeside(data, textColumn);
    const plan: AdaptationPlan = {
      data,
      base: model,
      baseName: card.name,
      output: join(pretrainingFolder(root), newRunId(env.clock)),
      cache: cacheIn(pretrainingFolder(root)),
      textColumn,
      ...(columns.label === undefined ? {} : { labelColumn: columns.names[columns.label] ?? '' }),
      texts: { all: count.all.texts, unlabelled: count.unlabelled.texts },
      testSets,
      recommended: recommendedChoices(count, await readModelConfig(env.files, card.checkpoint), testSets),
    };
    return plan;
  });

  answer(connection, log, EstimateAdaptation, async ({ uri, plan, choices }, { signal }) => {
    // Prepared texts lie in the workspace, for the run: what is there stays out of the user's repository.
    const cache = cacheIn(await preparePretrainingFolder(rootOf(uri)));
    const args = adaptationArguments({ ...plan, cache }, choices);
    const printed = await trainer.measure([...args, '--estimate', '--json'], signal);
    const found = parseJson(new TextEncoder().encode(printed), estimateSchema, 'rowlight pretrain --estimate');
    return {
      totalSteps: found.total_steps,
      seconds: found.total_seconds,
      peakMemory: found.peak_memory_bytes,
      texts: found.documents,
      heldOut: found.held_out,
      nearDuplicates: found.near_duplicates,
      leftOut: found.left_out,
    };
  });

  answer(connection, log, StartAdaptation, async ({ uri, plan, choices }) => {
    const here = await preparePretrainingFolder(rootOf(uri));
    // The form may have been open since another start: a folder that is taken, or is elsewhere, is not used.
    const free = dirname(plan.output) === here && !(await nodeFiles.exists(plan.output));
    const output = free ? plan.output : join(here, newRunId(env.clock));
    const args = adaptationArguments({ ...plan, output, cache: cacheIn(here) }, choices);
    await trainers.start(rootOf(uri), output, [plan.data], [...args, '--json']);
    return { folder: output };
  });
}

/** Where the prepared texts of a workspace lie, by the folder of its pre-training runs. */
function cacheIn(runs: string): string {
  return join(dirname(runs), 'corpora');
}
