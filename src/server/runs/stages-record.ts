import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HEADS } from '../model/config';
import { multiLabelSchema } from '../model/rowlight-json';
import { STAGES_FILE, lastStageWith, stageFolder } from '../model/stage-folders';
import { nodeFiles, rethrow } from '../node-files';
import { parseJson } from '../parse-json';
import type { FineTuneRequest } from './fine-tune';
import { loraOf, objectiveOf, scopeOf, settingsOf } from './run-arguments';
import { RUN_FILE, argumentsSchema } from './run-folder';

/*
 * A run in several stages:
 *
 * stages.json         what was asked for, stage by stage; written once, before anything else
 * stage-1/ …          the stages but the last: ordinary run folders
 * the rest            the last stage. Once it has begun, the folder is its run folder, and whoever is given it needs to know nothing of stages
 */

const schema = z.object({
  format: z.literal(1),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** Version of Rowlight. */
  rowlight: z.string(),
  /** The recipe as it was asked for: a name or a file. */
  recipe: z.string().optional(),
  data: z.string(),
  dev: z.string().optional(),
  heldOut: z.array(z.int().min(0)).optional(),
  columns: z.object({ text: z.string().optional(), textB: z.string().optional(), label: z.string().optional() }),
  multiLabel: multiLabelSchema.optional(),
  base: z.string(),
  baseFolder: z.string().optional(),
  seed: z.int(),
  /** What each stage was asked for, as `run.json` keeps it. */
  stages: z.array(argumentsSchema).min(2).max(99),
});

/** What `stages.json` says. */
export type StagesRecord = z.infer<typeof schema>;

/** Makes the folder of a run in stages and writes its `stages.json`. */
export async function createStages(folder: string, record: StagesRecord): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => rethrow(error, folder));
  await nodeFiles.writeAtomic(join(folder, STAGES_FILE), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Reads `stages.json`; undefined where the folder has none. Rejects with reason `bad-data` where it is broken. */
export async function readStages(folder: string): Promise<StagesRecord | undefined> {
  const file = join(folder, STAGES_FILE);
  return (await nodeFiles.exists(file)) ? parseJson(await nodeFiles.read(file), schema, file, 'bad-data') : undefined;
}

/** Whether a folder is a run's, in one stage or several. */
export async function isRunFolder(folder: string): Promise<boolean> {
  return (await nodeFiles.exists(join(folder, RUN_FILE))) || (await nodeFiles.exists(join(folder, STAGES_FILE)));
}

/** The folder of the stage that a run has come to: an ordinary run folder, the same one for a run in a single stage. */
export async function currentStage(folder: string): Promise<string> {
  if (await nodeFiles.exists(join(folder, RUN_FILE))) return folder;
  const number = (await isRunFolder(folder)) && (await lastStageWith(nodeFiles, folder, RUN_FILE));
  return number ? stageFolder(folder, number) : folder;
}

/** The run that a stage is, from 1. All but the first start from the one before. */
export function stageRequest(folder: string, record: StagesRecord, number: number): FineTuneRequest {
  const { data, dev, heldOut, columns, multiLabel, base, baseFolder, stages } = record;
  const given = stages[number - 1]!;
  const own = { arguments: given, seed: typeof given.seed === 'number' ? given.seed : record.seed };
  const before = stageFolder(folder, number - 1);
  const start = number > 1 ? { base: before } : { base, ...(baseFolder === undefined ? {} : { baseFolder }) };
  const { text, textB, label } = columns;
  const { accumulate, ...settings } = settingsOf(own);
  const lora = loraOf(own);
  return {
    data,
    ...(dev === undefined ? {} : { dev }),
    ...(heldOut === undefined ? {} : { heldOut }),
    columns: {
      ...(text === undefined ? {} : { text }),
      ...(textB === undefined ? {} : { textB }),
      ...(label === undefined ? {} : { label }),
    },
    ...(multiLabel === undefined ? {} : { multiLabel }),
    ...start,
    output: number === stages.length ? folder : stageFolder(folder, number),
    ...settings,
    ...('accumulate' in given ? { accumulate } : {}),
    ...(lora === undefined ? {} : { lora }),
    ...(typeof given['max-length'] === 'number' ? { maxLength: given['max-length'] } : {}),
    head: HEADS.find((head) => head === given.head) ?? 'cls',
    objective: objectiveOf(own),
    scope: scopeOf(own),
    ...(typeof given.test === 'string' ? { test: given.test } : {}),
  };
}
