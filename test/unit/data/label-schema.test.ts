import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { labelSetSchema } from '../../../src/server/data/label-set';

/** A schema without what only tells people something. */
function bare(value: unknown, inProperties = false): unknown {
  if (Array.isArray(value)) return value.map((item) => bare(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key]) => inProperties || !['title', 'description', 'format', '$schema'].includes(key),
  );
  return Object.fromEntries(entries.map(([key, own]) => [key, bare(own, key === 'properties' && !inProperties)]));
}

test('the schema that editors read is the one that labels.json is checked against, described in both languages', () => {
  const schema: unknown = JSON.parse(readFileSync(join(process.cwd(), 'schemas/labels.schema.json'), 'utf8'));
  assert.deepEqual(bare(schema), bare(z.toJSONSchema(labelSetSchema, { io: 'input', target: 'draft-7' })));
  const { properties } = schema as { properties: { labels: { items: { properties: Record<string, { description: string }> } } } }; // prettier-ignore
  for (const [name, { description }] of Object.entries(properties.labels.items.properties)) {
    assert.ok(name === 'color' || /\p{sc=Han}/u.test(description), name);
  }
});
