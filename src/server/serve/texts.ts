import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { TextVector } from '../inference/encoder';
import type { Prediction, TextInput } from '../inference/prediction';
import { LIMITS } from './limits';
import type { ServedModel } from './models';
import { Refusal } from './refusal';

/** What routes are made of: the models, and how each answers texts. */
export interface Answers {
  readonly models: readonly ServedModel[];
  predict(model: ServedModel, inputs: readonly TextInput[], signal: AbortSignal): Promise<Prediction[]>;
  encode(model: ServedModel, inputs: readonly TextInput[], signal: AbortSignal): Promise<TextVector[]>;
}

/** A text of a request. */
export const textSchema = z.string().max(LIMITS.text, `longer than ${LIMITS.text} characters`);

/** Texts of a request. */
export const textsSchema = z.array(textSchema).min(1, 'no texts').max(LIMITS.rows, `more than ${LIMITS.rows} texts`);

/** Reads a body; throws a `Refusal` that names the field. */
export function bodyOf<T>(schema: z.ZodType<T>, { body }: { readonly body: unknown }): T {
  const { data, error } = schema.safeParse(body);
  if (error === undefined) return data;
  const [issue] = error.issues;
  const place = issue!.path.map(String).join('.').slice(0, 100);
  throw new Refusal(issue!.code === 'too_big' ? 413 : 400, 'Validation', `${place || 'body'}: ${issue!.message}`);
}

/** The model that a request means: by its path, else by its field `model`, else the first. */
export function modelOf({ models }: Answers, request: FastifyRequest, field?: string): ServedModel {
  const name = (request.params as { model?: string }).model ?? field;
  const model = name === undefined ? models[0] : models.find((one) => one.name === name);
  if (model) return model;
  const known = models.map((one) => one.name).join(', ');
  throw new Refusal(404, 'NotFound', `no model is named "${String(name).slice(0, 100)}"; there are: ${known}`);
}

/** Refuses a text without any character: an answer to it would mean nothing. */
export function requireTexts(inputs: readonly TextInput[], field: string): void {
  const at = inputs.findIndex(({ text }) => text.trim() === '');
  if (at >= 0) throw new Refusal(400, 'Empty', `${field}: text ${at} is empty`);
}

/** Aborts when the client goes away, and once it has its answer. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

/** Says in a header which texts were cut, for answers whose shape has no place for it. */
export function tellTruncated(reply: FastifyReply, truncated: readonly boolean[]): void {
  const cut = truncated.flatMap((is, at) => (is ? at : []));
  if (cut.length > 0) void reply.header('x-truncated', cut.join(',').slice(0, 4000));
}

/** Refuses texts that were cut where the client asked for none to be. */
export function requireWhole(truncated: readonly boolean[], model: ServedModel): void {
  const at = truncated.indexOf(true);
  if (at >= 0)
    throw new Refusal(
      413,
      'Validation',
      `input ${at} has more than ${model.now.maxLength} tokens; send "truncate": true to have it cut`,
    );
}
