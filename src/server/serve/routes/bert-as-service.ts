import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { version } from '../../../../package.json';
import { shortest } from '../../cli/vector-output';
import { vectorWidth, type Pooling, SERVICE_NAMES } from '../../model/pooling';
import type { ServedModel } from '../models';
import { type Answers, bodyOf, modelOf, requireTexts, signalOf, tellTruncated, textsSchema } from '../texts';

/** Body of bert-as-service's `POST /encode`. */
export const encodeBody = z.object({
  id: z.union([z.number(), z.string().max(200)]).optional(),
  texts: textsSchema,
  is_tokenized: z.literal(false, 'texts that are tokenized already are not served').optional(),
  model: z.string().optional(),
});

/** bert-as-service over HTTP: `POST /encode` and `GET /status/server`, whose clients work unchanged. */
export function registerBertAsService(app: FastifyInstance, answers: Answers, pooling: Pooling): void {
  for (const path of ['/encode', '/models/:model/encode']) {
    app.post(path, async (request, reply) => {
      const { id, texts, model: field } = bodyOf(encodeBody, request);
      const model = modelOf(answers, request, field);
      const inputs = texts.map((text) => ({ text }));
      requireTexts(inputs, 'texts');
      const vectors = await answers.encode(model, inputs, signalOf(reply));
      tellTruncated(
        reply,
        vectors.map(({ truncated }) => truncated),
      );
      const width = vectorWidth(model.now.config, pooling);
      const result = vectors.map(({ vector }) => {
        const numbers = Array.from(vector, shortest);
        if (pooling.strategy !== 'none') return numbers;
        return Array.from({ length: numbers.length / width }, (_, at) => numbers.slice(at * width, (at + 1) * width));
      });
      return { id: id ?? null, result, status: 200 };
    });
  }
  app.get('/status/server', () => ({ ...serverStatus(answers.models[0]!, pooling), status: 200 }));
}

const started = new Date().toISOString();

/** What bert-as-service's server tells of itself. */
export function serverStatus({ name, now }: ServedModel, { layers, strategy }: Pooling): object {
  return {
    model_dir: name,
    max_seq_len: now.maxLength,
    pooling_layer: layers,
    pooling_strategy: SERVICE_NAMES[strategy],
    num_worker: 1,
    dtype: now.ref.dtype ?? 'float32',
    server_start_time: started,
    server_current_time: new Date().toISOString(),
    server_version: `rowlight ${version}`,
  };
}
