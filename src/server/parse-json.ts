import type { z } from 'zod';
import { type Reason, RowlightError } from './errors';

/**
 * Reads a JSON file's bytes against a schema. Throws one line that names the file and, where there is one, the key:
 * `config.json: hidden_size: Invalid input: expected number, received string`.
 */
export function parseJson<T>(
  content: Uint8Array | string,
  schema: z.ZodType<T>,
  file: string,
  reason: Reason = 'bad-model',
): T {
  let value: unknown;
  try {
    const text = typeof content === 'string' ? content : new TextDecoder('utf-8', { fatal: true }).decode(content);
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new RowlightError(reason, `${file}: not valid JSON in UTF-8`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const key = issue?.path.join('.');
  throw new RowlightError(reason, `${file}: ${key ? `${key}: ` : ''}${issue?.message ?? 'unexpected content'}`);
}
