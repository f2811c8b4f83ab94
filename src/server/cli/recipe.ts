import { type Command, CommanderError, type Option } from 'commander';
import { RowlightError } from '../errors';
import { nodeFiles } from '../node-files';
import { BUILT_IN } from '../recipes/built-in';
import type { RecipeOptions } from '../recipes/options';
import { type Recipe, parseRecipe } from '../recipes/recipe';
import type { TrainOptions } from './train';

/**
 * The options of each stage that `--recipe` describes; without a recipe, of the only one. What stands on the command line counts before the
 * stage, the stage before the recipe's options for all, and these before the defaults. Rejects with reason `bad-argument`.
 * @param command the parsed one
 */
export async function stageOptions(options: TrainOptions, command: Command): Promise<readonly TrainOptions[]> {
  if (options.recipe === undefined) return [options];
  const { options: common = {}, stages } = await loadRecipe(options.recipe);
  const isChosen = (name: string) => command.getOptionValueSource(name) === 'cli';
  const chosen = Object.fromEntries(Object.entries(options).filter(([name]) => isChosen(name)));
  const read = (given: RecipeOptions): Partial<TrainOptions> => readOptions(given, command);
  return stages.map((stage) => ({ ...options, ...read(common), ...read(stage), ...chosen }));
}

/** Options of a recipe, by their names, as the command line would have read them. */
export function readOptions(given: Readonly<Record<string, unknown>>, command: Command): Record<string, unknown> {
  return Object.fromEntries(
    command.options.flatMap((option) => {
      const value = given[option.name()];
      if (value === undefined) return [];
      return [[option.attributeName(), option.parseArg ? parsed(option, String(value)) : value]];
    }),
  );
}

/** A value that the schema leaves to the command line to check, such as a list of names. */
function parsed(option: Option, text: string): unknown {
  try {
    return option.parseArg?.(text, undefined);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new RowlightError('bad-argument', `the recipe's ${option.name()} ${text}: ${error.message}`);
  }
}

async function loadRecipe(recipe: string): Promise<Recipe> {
  const builtIn = BUILT_IN.get(recipe);
  if (builtIn) return builtIn;
  if (await nodeFiles.exists(recipe)) return parseRecipe(await nodeFiles.read(recipe), recipe);
  throw new RowlightError(
    'bad-argument',
    `--recipe ${recipe}: no such file, and no recipe that comes with Rowlight: ${[...BUILT_IN.keys()].join(', ')}`,
  );
}

/** What the help of `train` says of recipes. */
export function recipesHelp(): string {
  const first = (text: string) => text.slice(0, text.search(/[.:] /) + 1 || undefined).replace(/:$/, '.');
  const lines = [...BUILT_IN].map(([name, { description = '' }]) => `  ${name.padEnd(26)}${first(description)}`);
  return ['', 'Recipes that come with Rowlight:', ...lines].join('\n');
}
