import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { hasAnswer, type Prediction, type TextInput } from '../../inference/prediction';
import { LIMITS } from '../limits';
import type { FoundModel, ServedModel } from '../models';
import { Refusal } from '../refusal';
import { type Answers, bodyOf, modelOf, requireTexts, signalOf, textSchema } from '../texts';

/** Body of `POST /classify`: texts, or pairs of them. */
export const classifyBody = z.object({
  texts: z
    .array(z.union([textSchema, z.tuple([textSchema, textSchema])]))
    .min(1, 'no texts')
    .max(LIMITS.rows, `more than ${LIMITS.rows} texts`),
  model: z.string().optional(),
});

/**
 * `POST /classify`: `results`, one a text: `label`, `probability`, `probabilities` by label, `truncated`; beside them the `model` that answered and
 * its `revision`, so that a client that keeps answers knows when they are another model's.
 */
export function registerClassify(app: FastifyInstance, answers: Answers): void {
  for (const path of ['/classify', '/models/:model/classify']) {
    app.post(path, async (request, reply) => {
      const { texts, model: field } = bodyOf(classifyBody, request);
      const model = classifierOf(modelOf(answers, request, field));
      const inputs = texts.map((given): TextInput =>
        typeof given === 'string' ? { text: given } : { text: given[0], textB: given[1] },
      );
      requireTexts(inputs, 'texts');
      // A newer model may take over while this one computes.
      const { name, now } = model;
      const predictions = await answers.predict(model, inputs, signalOf(reply));
      const results = predictions.map((prediction) => resultOf(prediction, labelsOf(now, prediction)));
      return { model: name, revision: now.revision, results };
    });
  }
}

/** Refuses a model that has no classifier. */
export function classifierOf(model: ServedModel): ServedModel {
  if (model.now.classifies) return model;
  throw new Refusal(400, 'Validation', `"${model.name}" has no classifier; it gives vectors alone (/embed)`);
}

/** Names of the labels, in the model's order; transformers names them so where a configuration does not. */
export function labelsOf({ config: { labels } }: FoundModel, { probabilities }: Prediction): readonly string[] {
  return labels?.length === probabilities.length ? labels : probabilities.map((_, id) => `LABEL_${id}`);
}

function resultOf(prediction: Prediction, labels: readonly string[]): object {
  const { label, labels: given, probability, probabilities, truncated } = prediction;
  // A model whose numbers are none has no answer.
  if (!hasAnswer(prediction)) return { label: null, probability: null, probabilities: null, truncated };
  // No object literal: a label may have any name, `__proto__` too.
  const byLabel = Object.fromEntries(labels.map((name, id) => [name, probabilities[id]]));
  return { label, ...(given === undefined ? {} : { labels: given }), probability, probabilities: byLabel, truncated };
}
