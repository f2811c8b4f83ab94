import type { FastifyInstance } from 'fastify';
import { LIMITS } from '../limits';
import type { ServedModel } from '../models';
import type { Answers } from '../texts';

/** `GET /models`: what is served (name, revision, what labels are computed in, labels in the order of the model, columns, length limit), and how much a request may bring. */
export function registerModels(app: FastifyInstance, { models }: Answers): void {
  app.get('/models', () => ({
    models: models.map(cardOf),
    limits: { body: LIMITS.body, texts: LIMITS.rows, characters: LIMITS.text },
  }));
}

/** Labels are none where a model has no classifier. */
function cardOf({ name, now }: ServedModel): object {
  const { ref, revision, classifies, config, delimiter, columns, maxLength } = now;
  return {
    name,
    revision,
    dtype: ref.dtype ?? 'float32',
    labels: classifies ? (config.labels ?? []) : [],
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(columns ? { columns: { text: columns.text, label: columns.label, textB: columns.textB } } : {}),
    maxLength,
  };
}
