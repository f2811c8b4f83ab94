import { z } from 'zod';
import type { MetricsLine } from '../../protocol/runs';
import { scoresSchema } from '../model/rowlight-json';

/** One line of `metrics.jsonl`; undefined for what is none: torn by a kill, empty, or of an event that this version does not know. */
export function parseMetricsLine(text: string): MetricsLine | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const base = z.object({ attempt: z.int().min(1), step: z.int().min(0) });
// JSON has no NaN: a loss that diverged is written as null.
const loss = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

const time = z.number().optional();

const filledSchema = z.object({
  text: z.string().max(20_000),
  fillings: z
    .array(z.array(z.object({ token: z.string().max(200), probability: z.number().min(0).max(1) })).max(10))
    .max(1024),
});

const schema: z.ZodType<MetricsLine> = z.discriminatedUnion('event', [
  base.extend({
    event: z.literal('started'),
    time: z.number(),
    totalSteps: z.number(),
    epochs: z.number(),
    device: z.string(),
  }),
  base.extend({
    event: z.literal('step'),
    loss,
    learningRate: z.number(),
    examplesPerSecond: z.number(),
    secondsLeft: z.number(),
    pair: z.number().optional(),
    words: z.int().min(0).optional(),
    whole: z.int().min(0).optional(),
  }),
  base.extend({ event: z.literal('evaluated'), ...scoresSchema.shape, loss }),
  base.extend({ event: z.literal('masked'), accuracy: z.number(), loss }),
  base.extend({ event: z.literal('filled'), texts: z.array(filledSchema).max(100) }),
  base.extend({ event: z.literal('checkpoint'), name: z.string(), best: z.boolean() }),
  base.extend({ event: z.literal('finished'), time, scores: scoresSchema.extend({ loss }).optional() }),
  base.extend({ event: z.literal('cancelled'), time }),
  base.extend({ event: z.literal('failed'), time, message: z.string() }),
]);
