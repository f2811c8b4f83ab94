// Writes schemas/recipe.schema.json, by which editors complete and explain recipes. Run `node scripts/recipe-schema.mjs` after changing
// src/server/recipes, then prettier; a test compares the two.
import { writeFileSync } from 'node:fs';
import { recipeJsonSchema } from '../src/server/recipes/json-schema';

writeFileSync('schemas/recipe.schema.json', `${JSON.stringify(recipeJsonSchema(), undefined, 2)}\n`);
