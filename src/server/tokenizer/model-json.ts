import type { z } from 'zod';

import { badVocabulary } from './vocabulary';

/**
 * Parses JSON and checks its shape.
 *
 * @throws RowlightError `bad-model` with the first fault and its place in the file
 */
export function parseJson<T>(schema: z.ZodType<T>, text: string, name: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw badVocabulary(name, 'not JSON');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw badVocabulary(name, `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'unexpected'}`);
}
