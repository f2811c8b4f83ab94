import { z } from 'zod';
import { RowlightError } from '../errors';
import { parseJson } from '../parse-json';
import { HEADS } from './config';

/** Columns by name; see `Columns` of the protocol. */
export const columnsSchema = z.object({ text: z.string(), textB: z.string().optional(), label: z.string() });

/** Scores on the held-out rows; see `Scores` of the protocol. */
export const scoresSchema = z.object({ accuracy: z.number(), macroF1: z.number(), loss: z.number() });

/** How rows hold several labels; see `MultiLabel` of `data/multi-label.ts`. */
export const multiLabelSchema = z.object({
  delimiter: z.string().min(1).max(8),
  columns: z.array(z.string()).min(2).optional(),
});

const trustSchema = z.object({ loss: z.number(), error: z.number() });

/** How sure a model may be; see `Calibration` of `training/calibration.ts`. */
export const calibrationSchema = z.object({
  temperature: z.number().min(0.01).max(100),
  rows: z.int().min(0),
  before: trustSchema,
  after: trustSchema,
});

const schema = z.looseObject({
  /** Version of this file's format. */
  format: z.literal(1),
  /** Version of Rowlight that wrote it. */
  rowlight: z.string().optional(),
  /** What the model was trained on: columns and whether the file has no header. */
  columns: columnsSchema.optional(),
  headerless: z.boolean().optional(),
  /** Length limit in tokens, special ones included, that training used and prediction uses. */
  maxLength: z.int().min(3).optional(),
  /** The classifier's head; without one it is BERT's own, `cls`. */
  head: z.enum(HEADS).optional(),
  /** Of a model of several labels a text. */
  multiLabel: multiLabelSchema.optional(),
  /** Name of the training objective: one of `LOSSES` (`training/losses/loss.ts`). */
  loss: z.string().optional(),
  /** The positive label of a binary task. */
  positive: z.string().optional(),
  /** Arguments of the run, by their command-line names without dashes. */
  arguments: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  /** SHA-256 of the data file, hexadecimal. */
  dataHash: z.string().optional(),
  /** Optimizer steps that made it. */
  step: z.int().min(0).optional(),
  /** Scores of this checkpoint. */
  scores: scoresSchema.optional(),
  /** What its logits are divided by when it predicts, fitted on the rows that `scores` are of. */
  calibration: calibrationSchema.optional(),
  /** The model it was fine-tuned from. */
  base: z.string().optional(),
  /** Of a folder of adapters: the model they belong to, by the name it was asked for, its folder then, and the SHA-256 of its weights. */
  adapter: z.object({ name: z.string(), folder: z.string(), sha256: z.string() }).optional(),
  /** Settings that suit this model as a base. */
  recommended: z
    .object({
      learningRate: z.number().positive().max(1).optional(),
      epochs: z.number().positive().optional(),
      maxLength: z.int().min(3).optional(),
      batchSize: z.int().min(1).optional(),
    })
    .optional(),
});

/**
 * `rowlight.json` of a model folder: what Hugging Face's files have no place for. A checkpoint of ours has everything but `recommended`, which
 * pre-training hands on; a base model may have `recommended` alone.
 */
export type RowlightJson = z.infer<typeof schema>;

/** Reads `rowlight.json`. Throws a `RowlightError`: `unsupported` for a later format, `bad-model` for what fits none. */
export function parseRowlightJson(content: Uint8Array | string, file = 'rowlight.json'): RowlightJson {
  const { format } = parseJson(content, z.looseObject({ format: z.int() }), file);
  if (format !== 1)
    throw new RowlightError('unsupported', `${file}: format ${format} is from a later Rowlight; update Rowlight`);
  return parseJson(content, schema, file);
}
