import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILT_IN } from '../../../src/server/recipes/built-in';
import { recipeJsonSchema } from '../../../src/server/recipes/json-schema';
import { optionsSchema } from '../../../src/server/recipes/options';
import { parseRecipe } from '../../../src/server/recipes/recipe';

const repository = process.cwd();

test('the schema that editors read is the one that recipes are checked against (else: node scripts/recipe-schema.mjs)', () => {
  const read: unknown = JSON.parse(readFileSync(join(repository, 'schemas/recipe.schema.json'), 'utf8'));
  assert.deepEqual(read, JSON.parse(JSON.stringify(recipeJsonSchema())));
});

test('every option is explained in both languages, its default and the reason of it included', () => {
  for (const [name, option] of Object.entries(optionsSchema.shape)) {
    const text = option.description ?? '';
    assert.match(text, /\p{sc=Han}/u, name);
    if (name !== 'description') assert.match(text, /Default[ :].*默认/u, name);
  }
});

test('the recipes that come along say why their numbers are what they are', () => {
  assert.deepEqual([...BUILT_IN.keys()].sort(), ['few-labels', 'recommended-review', 'recommended-review-small', 'run_classifier']); // prettier-ignore
  for (const [name, { description, stages }] of BUILT_IN) {
    assert.ok((description ?? '').length > 40, name);
    if (stages.length > 1)
      assert.ok(
        stages.every((stage) => (stage.description ?? '').length > 40),
        name,
      );
  }
});

for (const [what, content, message] of [
  ['an option that is none', '{"stages":[{"epoch":3}]}', /own\.recipe\.json: stages\.0: .*epoch/],
  ['a value out of bounds', '{"stages":[{"learning-rate":0}]}', /own\.recipe\.json: stages\.0\.learning-rate: /],
  [
    'what is trained, misspelt',
    '{"stages":[{"train":"last"}]}',
    /stages\.0\.train: must be full, head, lora, or last-N/,
  ],
  ['no stage', '{"stages":[]}', /own\.recipe\.json: stages: /],
  ['no JSON', '{', /own\.recipe\.json: not valid JSON/],
] as const) {
  test(`a recipe with ${what} is refused in one line`, () => {
    assert.throws(() => parseRecipe(content, 'own.recipe.json'), { message, reason: 'bad-argument' });
  });
}
