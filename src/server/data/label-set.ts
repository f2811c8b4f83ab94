import { z } from 'zod';
import { RowlightError } from '../errors';
import { parseJson } from '../parse-json';

/** Name of the file beside a data file that says which labels there are and what they mean. */
export const LABEL_SET_FILE = 'labels.json';

/** Keys that labels without one of their own get in labelling mode, in this order. */
const KEYS = '1234567890abcdefghijklmnopqrstuvwxyz';

/** Most labels in one set. */
const MOST_LABELS = 1000;

const labelSchema = z.object({
  /** What stands in the label cells. */
  name: z
    .string()
    .min(1)
    .max(200)
    .refine((name) => name === name.trim() && !/[\p{Cc}\u2028\u2029]/u.test(name), {
      message: 'a label is one line without blanks around it',
    }),
  /** When to give it: shown wherever the label is. Plain text. */
  description: z.string().max(4000).optional(),
  /** `#rrggbb` */
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'a colour is written #rrggbb')
    .optional(),
  /** The key that gives it in labelling mode: a digit or a small letter. */
  key: z
    .string()
    .regex(/^[0-9a-z]$/, 'a key is one digit or small letter')
    .optional(),
});

/** What `labels.json` may hold; `schemas/labels.schema.json` says the same to editors. */
export const labelSetSchema = z.object({ labels: z.array(labelSchema).max(MOST_LABELS) });

/** One label: its name, when to give it, its colour and its key. */
export type LabelInfo = z.infer<typeof labelSchema>;

/** The labels of a data set in the order of `labels.json`. */
export interface LabelSet {
  readonly labels: readonly LabelInfo[];
}

/** Reads `labels.json`. Throws a `RowlightError` of reason `bad-data` that names the file and the key where it is broken. */
export function parseLabelSet(content: Uint8Array | string, file: string): LabelSet {
  const set = parseJson(content, labelSetSchema, file, 'bad-data');
  const taken = { name: new Set<string>(), key: new Set<string>() };
  for (const label of set.labels) {
    for (const part of ['name', 'key'] as const) {
      const value = label[part];
      if (value === undefined) continue;
      if (taken[part].has(value)) {
        throw new RowlightError('bad-data', `${file}: two labels have the ${part} ${JSON.stringify(value)}`);
      }
      taken[part].add(value);
    }
  }
  return set;
}

/** Writes a label set as people would: two blanks of indent, one label after the other, a line break at the end. */
export function formatLabelSet({ labels }: LabelSet): string {
  return `${JSON.stringify({ labels }, undefined, 2)}\n`;
}

/** The key of each label in labelling mode: its own, else the next free one; labels beyond the last key have none. */
export function keysOf({ labels }: LabelSet): Map<string, string> {
  const taken = new Set(labels.map(({ key }) => key));
  const free = [...KEYS].filter((key) => !taken.has(key));
  const keys = new Map<string, string>();
  for (const { name, key } of labels) {
    const own = key ?? free.shift();
    if (own !== undefined) keys.set(name, own);
  }
  return keys;
}
