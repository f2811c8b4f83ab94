import type { RunArguments } from './messages';

/** Names of the recipes that come with Rowlight. */
export const BUILT_IN_RECIPES = [
  'run_classifier',
  'recommended-review',
  'recommended-review-small',
  'few-labels',
] as const;
/** One of {@link BUILT_IN_RECIPES}. */
export type BuiltInRecipe = (typeof BUILT_IN_RECIPES)[number];

/** How a run trains: by numbers of its own, or by a recipe's, which is named or a file. */
export type RunChoice = RunArguments | { readonly recipe: string };
