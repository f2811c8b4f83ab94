import type { Command } from 'commander';
import { RowlightError } from '../errors';
import { nodeFiles } from '../node-files';
import { PRETRAINING_RECIPES, type PretrainingRecipe, parsePretrainingRecipe } from '../recipes/pretraining';
import type { PretrainOptions } from './pretrain-options';
import { readOptions } from './recipe';

/**
 * The options of `rowlight pretrain` with those of its `--recipe`: what stands on the command line counts before the recipe, the recipe before the
 * defaults. Rejects with reason `bad-argument`.
 * @param command the parsed one
 */
export async function withRecipe(options: PretrainOptions, command: Command): Promise<PretrainOptions> {
  if (options.recipe === undefined) return options;
  const given = Object.entries(options).filter(([name]) => command.getOptionValueSource(name) === 'cli');
  return { ...options, ...readOptions(await load(options.recipe), command), ...Object.fromEntries(given) };
}

async function load(recipe: string): Promise<PretrainingRecipe> {
  const builtIn = PRETRAINING_RECIPES.get(recipe);
  if (builtIn) return builtIn;
  if (await nodeFiles.exists(recipe)) return parsePretrainingRecipe(await nodeFiles.read(recipe), recipe);
  const names = [...PRETRAINING_RECIPES.keys()].join(', ');
  throw new RowlightError(
    'bad-argument',
    `--recipe ${recipe}: no such file, and no recipe of pre-training that comes with Rowlight: ${names}`,
  );
}
