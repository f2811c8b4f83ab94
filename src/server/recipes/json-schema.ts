import { z } from 'zod';
import { recipeSchema } from './recipe';

/** The schema of recipes as JSON, with all that it says to people. */
export function recipeJsonSchema(): object {
  return z.toJSONSchema(recipeSchema, { io: 'input', target: 'draft-7' });
}
