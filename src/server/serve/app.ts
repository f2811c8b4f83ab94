import fastify, { type FastifyInstance } from 'fastify';
import type { Log } from '../env';
import type { Pooling } from '../model/pooling';
import { LIMITS } from './limits';
import type { Metrics } from './metrics';
import { docsPage, openApi } from './openapi';
import { Refusal, explain, refusalBody, toRefusal } from './refusal';
import { registerBertAsService } from './routes/bert-as-service';
import { registerClassify } from './routes/classify';
import { registerModels } from './routes/models';
import { registerOpenai } from './routes/openai';
import { registerTei } from './routes/tei';
import { isOwnHost, requireKey } from './security';
import type { Answers } from './texts';

/** What the HTTP side is made with. */
export interface AppParts {
  readonly answers: Answers;
  readonly pooling: Pooling;
  readonly metrics: Metrics;
  /** What clients must show; without it only names of this machine are answered. */
  readonly key?: string;
  /** Whether the models are loaded and nobody stops the server. */
  readonly ready: () => boolean;
  readonly log: Log;
}

/** Probes of an orchestrator have no key; they tell nothing but that there is a server. */
const OPEN = new Set(['/health', '/ready']);

/** The HTTP server, not listening yet. It parses, checks and answers; models run elsewhere. It sends no CORS header: no web page may read it. */
export function createApp({ answers, pooling, metrics, key, ready, log }: AppParts): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: LIMITS.body,
    requestTimeout: LIMITS.sending,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer)));
    } catch {
      done(new Refusal(400, 'Validation', 'the body is no JSON in UTF-8'));
    }
  });
  app.addHook('onRequest', async (request) => {
    if (key === undefined && !isOwnHost(request.headers.host))
      throw new Refusal(
        403,
        'Forbidden',
        'the Host header names another machine; call it localhost, or start the server with a key',
      );
    if (key !== undefined && !OPEN.has(request.routeOptions.url ?? '')) requireKey(key, request.headers);
    if (request.method === 'POST' && !/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
      throw new Refusal(415, 'Validation', 'the body must be JSON (Content-Type: application/json)');
  });
  app.addHook('onResponse', async (request, reply) => {
    metrics.answered(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
  });
  app.setErrorHandler((error, request, reply) => {
    const refusal = toRefusal(error);
    const reason = explain(error);
    if (reason !== undefined) log.error(reason);
    if (refusal.retryAfter !== undefined) void reply.header('retry-after', refusal.retryAfter);
    return reply.status(refusal.status).send(refusalBody(request.url.split('?')[0]!, refusal));
  });
  app.setNotFoundHandler((request, reply) => {
    const refusal = new Refusal(404, 'NotFound', 'no such route; /docs lists them');
    return reply.status(404).send(refusalBody(request.url.split('?')[0]!, refusal));
  });

  registerClassify(app, answers);
  registerTei(app, answers);
  registerBertAsService(app, answers, pooling);
  registerOpenai(app, answers);
  registerModels(app, answers);
  app.get('/health', () => ({ status: 'alive' }));
  app.get('/ready', (_request, reply) => {
    if (!ready()) throw new Refusal(503, 'Unhealthy', 'not ready', 1);
    return reply.send({ status: 'ready', models: answers.models.map(({ name }) => name) });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.get('/openapi.json', () => openApi());
  app.get('/docs', (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', "default-src 'none'").send(docsPage()),
  );
  return app;
}
