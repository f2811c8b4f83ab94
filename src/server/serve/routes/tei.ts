import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { shortest } from '../../cli/vector-output';
import { normalise } from '../../inference/encoder';
import type { TextInput } from '../../inference/prediction';
import {
  type Answers,
  bodyOf,
  modelOf,
  requireTexts,
  requireWhole,
  signalOf,
  tellTruncated,
  textSchema,
  textsSchema,
} from '../texts';
import { classifierOf, labelsOf } from './classify';
import { LIMITS } from '../limits';

/** Body of `POST /embed` of Hugging Face's text-embeddings-inference. */
export const embedBody = z.object({
  inputs: z.union([textSchema, textsSchema]),
  normalize: z.boolean().nullish(),
  truncate: z.boolean().nullish(),
  model: z.string().optional(),
});

const sequence = z.union([z.tuple([textSchema]), z.tuple([textSchema, textSchema])]);

/** Body of `POST /predict` of text-embeddings-inference: a text, a pair as two strings, or a list of lists of one or two. */
export const predictBody = z.object({
  inputs: z.union([textSchema, sequence, z.array(sequence).min(1).max(LIMITS.rows, `more than ${LIMITS.rows} texts`)]),
  truncate: z.boolean().nullish(),
  raw_scores: z.literal(false, 'raw scores are not served').nullish(),
  model: z.string().optional(),
});

/** `POST /embed` and `POST /predict`. Without `truncate` a text that is too long is refused, as there. */
export function registerTei(app: FastifyInstance, answers: Answers): void {
  for (const prefix of ['', '/models/:model']) {
    app.post(`${prefix}/embed`, async (request, reply) => {
      const { inputs, normalize, truncate, model: field } = bodyOf(embedBody, request);
      const model = modelOf(answers, request, field);
      const texts = (typeof inputs === 'string' ? [inputs] : inputs).map((text) => ({ text }));
      requireTexts(texts, 'inputs');
      const vectors = await answers.encode(model, texts, signalOf(reply));
      const cut = vectors.map(({ truncated }) => truncated);
      if (!truncate) requireWhole(cut, model);
      tellTruncated(reply, cut);
      const width = vectors[0]!.vector.length;
      return vectors.map(({ vector }) => Array.from((normalize ?? true) ? normalise(vector, width) : vector, shortest));
    });
    app.post(`${prefix}/predict`, async (request, reply) => {
      const { inputs, truncate, model: field } = bodyOf(predictBody, request);
      const model = classifierOf(modelOf(answers, request, field));
      const many = typeof inputs !== 'string' && typeof inputs[0] !== 'string';
      const sequences = (many ? inputs : [typeof inputs === 'string' ? [inputs] : inputs]) as string[][];
      const texts = sequences.map(([text, textB]): TextInput => ({
        text: text!,
        ...(textB === undefined ? {} : { textB }),
      }));
      requireTexts(texts, 'inputs');
      const { now } = model;
      const predictions = await answers.predict(model, texts, signalOf(reply));
      const cut = predictions.map(({ truncated }) => truncated);
      if (!truncate) requireWhole(cut, model);
      tellTruncated(reply, cut);
      const results = predictions.map((prediction) =>
        labelsOf(now, prediction)
          .map((label, id) => ({ score: prediction.probabilities[id]!, label }))
          .sort((a, b) => b.score - a.score),
      );
      return many ? results : results[0];
    });
  }
}
