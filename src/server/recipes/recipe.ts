import { z } from 'zod';
import { parseJson } from '../parse-json';
import { optionsSchema } from './options';

/** What a recipe file may hold; `schemas/recipe.schema.json` says the same to editors. */
export const recipeSchema = z
  .strictObject({
    $schema: z.string().optional(),
    description: optionsSchema.shape.description,
    options: optionsSchema
      .optional()
      .describe(
        'For every stage, where it says nothing else itself. Options of the command line override both. · 适用于所有未另行指定的阶段；命令行选项优先。',
      ),
    stages: z
      .array(optionsSchema)
      .min(1)
      .max(99)
      .describe(
        'One after the other: each starts from the best checkpoint of the one before and judges by the same held-out rows. · 依次进行：每个阶段从上一阶段的最佳检查点开始，并以相同的留出行评估。',
      ),
  })
  .meta({ title: 'Rowlight: recipe · 训练方案' });

/** How a model is trained: options, and one or more stages. */
export type Recipe = z.infer<typeof recipeSchema>;

/** Reads a recipe. Throws a `RowlightError` of reason `bad-argument` that names the file and the key where it is broken. */
export function parseRecipe(content: Uint8Array | string, file: string): Recipe {
  return parseJson(content, recipeSchema, file, 'bad-argument');
}
