import { z } from 'zod';
import type { Prediction } from '../inference/prediction';

/** A model as a server describes it at `/models`. */
export interface ServedCard {
  readonly name: string;
  /** What tells these weights and labels from others. */
  readonly revision: string;
  /** In the model's order; empty where it has no classifier. */
  readonly labels: readonly string[];
  /** Tokens that it reads, special ones included. */
  readonly maxLength: number;
  readonly delimiter?: string | undefined;
  readonly columns?: { readonly text: string; readonly label: string; readonly textB?: string | undefined } | undefined;
}

/** What one request may bring. */
export interface ServedLimits {
  /** Bytes of the body. */
  readonly body: number;
  /** Texts. */
  readonly texts: number;
  /** UTF-16 units of a text. */
  readonly characters: number;
}

/** Most labels of a model, as `labels.json` has. */
const MOST_LABELS = 1000;

const name = z.string().min(1).max(500);
const revision = z.string().regex(/^[\w.-]{1,128}$/);
const count = (most: number) => z.number().int().min(1).max(most);

const modelsSchema = z.object({
  models: z
    .array(
      z.object({
        name: z.string().min(1).max(200),
        revision,
        labels: z
          .array(name)
          .max(MOST_LABELS)
          .refine((labels) => new Set(labels).size === labels.length, 'a label twice'),
        maxLength: count(1e6),
        delimiter: z.string().min(1).max(10).optional(),
        columns: z.object({ text: name, label: name, textB: name.optional() }).optional(),
      }),
    )
    .max(100),
  limits: z.object({ body: count(2 ** 30), texts: count(1e6), characters: count(1e8) }),
});

const resultSchema = z.object({
  label: z
    .string()
    .max(MOST_LABELS * 500)
    .nullable(),
  labels: z.array(name).max(MOST_LABELS).optional(),
  probability: z.number().min(0).max(1).nullable(),
  // Looked up by name below: a schema for records leaves out a label called `__proto__`.
  probabilities: z.unknown(),
  truncated: z.boolean(),
});

/** An answer that is not what `rowlight serve` answers. */
export class Malformed extends Error {}

/** Reads the answer to `GET /models`. Throws {@link Malformed}. */
export function parseModels(json: unknown): { readonly models: readonly ServedCard[]; readonly limits: ServedLimits } {
  return checked(modelsSchema, json);
}

/** Which model answered `POST /classify`; read first, since another model's results have other labels. Throws {@link Malformed}. */
export function parseRevision(json: unknown): string {
  return checked(z.object({ revision }), json).revision;
}

/** Reads the results of `POST /classify` for `expected` texts by a model with these labels. Throws {@link Malformed}. */
export function parseResults(json: unknown, { labels, delimiter }: ServedCard, expected: number): Prediction[] {
  const { results } = checked(z.object({ results: z.array(z.unknown()).length(expected) }), json);
  const known = new Set(labels);
  return results.map((given) => {
    const { label, labels: several, probability, probabilities, truncated } = checked(resultSchema, given);
    const none = { label: '', probability: NaN, probabilities: labels.map(() => NaN), truncated, tokens: 0 };
    // A model whose numbers are none.
    if (label === null || probability === null || probabilities === null) return none;
    const single = delimiter === undefined;
    if (single ? !known.has(label) : !several?.every((one) => known.has(one)))
      throw new Malformed('a label that the model does not have');
    return {
      label,
      probability,
      ...(single ? {} : { labels: several ?? [] }),
      probabilities: labels.map((one) => probabilityOf(probabilities, one)),
      truncated,
      tokens: 0,
    };
  });
}

function probabilityOf(probabilities: unknown, label: string): number {
  const value =
    typeof probabilities === 'object' && probabilities !== null
      ? (Object.getOwnPropertyDescriptor(probabilities, label)?.value as unknown)
      : undefined;
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) throw new Malformed('a label without a probability');
  return value;
}

function checked<T>(schema: z.ZodType<T>, json: unknown): T {
  const { data, error } = schema.safeParse(json);
  if (error === undefined) return data;
  const [issue] = error.issues;
  throw new Malformed(
    `${issue!.path.map(String).join('.').slice(0, 100) || 'answer'}: ${issue!.message.slice(0, 200)}`,
  );
}
