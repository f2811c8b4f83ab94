import type { BuiltInRecipe } from '../../protocol/recipes';
import fewLabels from './few-labels.recipe.json';
import { type Recipe, recipeSchema } from './recipe';
import recommendedReviewSmall from './recommended-review-small.recipe.json';
import recommendedReview from './recommended-review.recipe.json';
import runClassifier from './run_classifier.recipe.json';

const FILES: Readonly<Record<BuiltInRecipe, unknown>> = {
  run_classifier: runClassifier,
  'recommended-review': recommendedReview,
  'recommended-review-small': recommendedReviewSmall,
  'few-labels': fewLabels,
};

/** The recipes that come with Rowlight, by name. */
export const BUILT_IN: ReadonlyMap<string, Recipe> = new Map(
  Object.entries(FILES).map(([name, recipe]) => [name, recipeSchema.parse(recipe)]),
);
