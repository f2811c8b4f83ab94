import { z } from 'zod';
import { version } from '../../../package.json';
import { encodeBody } from './routes/bert-as-service';
import { classifyBody } from './routes/classify';
import { embeddingsBody } from './routes/openai';
import { embedBody, predictBody } from './routes/tei';

const POSTS = {
  '/classify': { body: classifyBody, summary: 'Labels of texts, each with probability, probabilities and truncated' },
  '/predict': { body: predictBody, summary: 'Labels of texts in the shape of text-embeddings-inference' },
  '/embed': { body: embedBody, summary: 'Vectors in the shape of text-embeddings-inference' },
  '/encode': { body: encodeBody, summary: 'Vectors in the shape of bert-as-service' },
  '/v1/embeddings': { body: embeddingsBody, summary: 'Vectors in the shape of OpenAI' },
} as const;

const GETS = {
  '/health': 'Alive',
  '/ready': 'Models are loaded and requests are taken',
  '/metrics': 'Prometheus metrics',
  '/status/server': "bert-as-service's description of the server",
  '/models': 'Models that are served: revision, labels, columns, and the limits of a request',
  '/v1/models': 'Models that are served, in the shape of OpenAI',
  '/openapi.json': 'This description',
} as const;

/** The routes as OpenAPI 3.1 describes them. Bodies are those that requests are checked against. */
export function openApi(): object {
  const posts = Object.entries(POSTS).map(([path, { body, summary }]) => [
    path,
    {
      post: {
        summary,
        requestBody: {
          required: true,
          content: { 'application/json': { schema: z.toJSONSchema(body, { io: 'input' }) } },
        },
        responses: {
          200: { description: 'The answer' },
          400: { description: 'What is wrong with the request, in one line' },
          413: { description: 'More than a limit' },
          429: { description: 'Too many texts wait; Retry-After says for how long' },
          503: { description: 'The model is not there at the moment' },
          504: { description: 'No answer within the deadline' },
        },
      },
    },
  ]);
  const gets = Object.entries(GETS).map(([path, summary]) => [
    path,
    { get: { summary, responses: { 200: { description: summary } } } },
  ]);
  return {
    openapi: '3.1.0',
    info: { title: 'Rowlight', version },
    paths: Object.fromEntries([...posts, ...gets]) as object,
  };
}

/** The routes as a page that needs nothing else. */
export function docsPage(): string {
  const posts = Object.entries(POSTS).map(([path, { summary }]) => `<li><code>POST ${path}</code> ${summary}</li>`);
  const gets = Object.entries(GETS).map(([path, summary]) => `<li><code>GET ${path}</code> ${summary}</li>`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Rowlight</title><h1>Rowlight ${version}</h1><ul>${[...posts, ...gets].join('')}</ul><p>The bodies are described in <a href="openapi.json">openapi.json</a>. A model is chosen by the field <code>model</code> or by <code>/models/NAME</code> before the path.</p></html>`;
}
