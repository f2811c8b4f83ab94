import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { hasAnswer, type Prediction } from '../../inference/prediction';
import type { ServedModel } from '../models';
import { Refusal } from '../refusal';
import { type Answers, bodyOf, modelOf, requireTexts, signalOf, textsSchema } from '../texts';

/** Body of `POST /classify`. */
export const classifyBody = z.object({ texts: textsSchema, model: z.string().optional() });

/** `POST /classify`: `results`, one a text: `label`, `probability`, `probabilities` by label, `truncated`. */
export function registerClassify(app: FastifyInstance, answers: Answers): void {
  for (const path of ['/classify', '/models/:model/classify']) {
    app.post(path, async (request, reply) => {
      const { texts, model: field } = bodyOf(classifyBody, request);
      const model = classifierOf(modelOf(answers, request, field));
      const inputs = texts.map((text) => ({ text }));
      requireTexts(inputs, 'texts');
      const predictions = await answers.predict(model, inputs, signalOf(reply));
      return { results: predictions.map((prediction) => resultOf(prediction, labelsOf(model, prediction))) };
    });
  }
}

/** Refuses a model that has no classifier. */
export function classifierOf(model: ServedModel): ServedModel {
  if (model.now.classifies) return model;
  throw new Refusal(400, 'Validation', `"${model.name}" has no classifier; it gives vectors alone (/embed)`);
}

/** Names of the labels, in the model's order; transformers names them so where a configuration does not. */
export function labelsOf({ now }: ServedModel, { probabilities }: Prediction): readonly string[] {
  const { labels } = now.config;
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
