import { z } from 'zod';
import { parseJson } from '../parse-json';
import { PAIR_TASKS, UNITS } from '../pretraining/settings';
import { SCHEDULES } from '../training/schedule';
import zhMini from './zh-mini.pretraining.json';

/** What a recipe of pre-training may say, by the names of the command line, which checks the values further. Texts are no part of it. */
const schema = z.strictObject({
  description: z.string().max(2000).optional(),
  base: z.string().optional(),
  fresh: z.boolean().optional(),
  'learn-vocabulary': z.int().optional(),
  mask: z.enum(UNITS).optional(),
  'mask-share': z.number().optional(),
  pairs: z.enum(PAIR_TASKS).optional(),
  lengths: z.string().optional(),
  'batch-size': z.int().optional(),
  accumulate: z.int().optional(),
  'learning-rate': z.number().optional(),
  epochs: z.number().optional(),
  steps: z.int().optional(),
  warmup: z.number().optional(),
  schedule: z.enum(SCHEDULES).optional(),
  average: z.number().optional(),
  'held-out': z.number().optional(),
  'evaluate-every': z.int().optional(),
  'fill-in': z.array(z.string()).optional(),
  seed: z.int().optional(),
});

/** How a model is pre-trained. */
export type PretrainingRecipe = z.infer<typeof schema>;

/** Reads a recipe of pre-training. Throws a `RowlightError` of reason `bad-argument` that names the file and the key where it is broken. */
export function parsePretrainingRecipe(content: Uint8Array | string, file: string): PretrainingRecipe {
  return parseJson(content, schema, file, 'bad-argument');
}

/** The recipes of pre-training that come with Rowlight, by name. */
export const PRETRAINING_RECIPES: ReadonlyMap<string, PretrainingRecipe> = new Map([['zh-mini', schema.parse(zhMini)]]);
