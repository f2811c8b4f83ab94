import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { shortest } from '../../cli/vector-output';
import { normalise } from '../../inference/encoder';
import {
  type Answers,
  bodyOf,
  modelOf,
  requireTexts,
  signalOf,
  tellTruncated,
  textSchema,
  textsSchema,
} from '../texts';

/** Body of OpenAI's `POST /v1/embeddings`. */
export const embeddingsBody = z.object({
  input: z.union([textSchema, textsSchema]),
  model: z.string().optional(),
  encoding_format: z.enum(['float', 'base64']).optional(),
});

/** `POST /v1/embeddings`: vectors of length 1 in OpenAI's shape. */
export function registerOpenai(app: FastifyInstance, answers: Answers): void {
  app.post('/v1/embeddings', async (request, reply) => {
    const { input, model: field, encoding_format: format } = bodyOf(embeddingsBody, request);
    const model = modelOf(answers, request, field);
    const inputs = (typeof input === 'string' ? [input] : input).map((text) => ({ text }));
    requireTexts(inputs, 'input');
    const vectors = await answers.encode(model, inputs, signalOf(reply));
    tellTruncated(
      reply,
      vectors.map(({ truncated }) => truncated),
    );
    const tokens = vectors.reduce((sum, { tokens: own }) => sum + own, 0);
    return {
      object: 'list',
      data: vectors.map(({ vector }, index) => {
        const unit = normalise(vector, vector.length);
        const embedding =
          format === 'base64'
            ? Buffer.from(unit.buffer, unit.byteOffset, unit.byteLength).toString('base64')
            : Array.from(unit, shortest);
        return { object: 'embedding', index, embedding };
      }),
      model: model.name,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    };
  });
  app.get('/v1/models', () => ({
    object: 'list',
    data: answers.models.map(({ name }) => ({ id: name, object: 'model', owned_by: 'rowlight' })),
  }));
}
