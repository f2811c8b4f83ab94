import { z } from 'zod';
import type { TextVector } from '../../inference/encoder';
import { Refusal } from '../refusal';
import { bodyOf, textsSchema } from '../texts';

/** What a `BertClient` asks: four frames, as bert-serving-client 1.10 sends them. */
export interface WireRequest {
  /** What the client subscribed to; an answer begins with it. */
  readonly client: Buffer;
  /** Given back as it came. */
  readonly id: Buffer;
  readonly body: Buffer;
}

/** The version that a `BertClient` compares with its own: the last that was released. */
export const WIRE_VERSION = '1.10.0';

const textsBody = z.object({ texts: textsSchema });

/** Longest name of a client; the real one's are UUIDs. */
const NAME = 256;

/** Reads the frames of a request; undefined where they are none, for then nobody knows whom to answer. */
export function readRequest(frames: readonly Buffer[]): WireRequest | undefined {
  const [client, body, id, count] = frames;
  if (frames.length !== 4 || !client?.length || client.length > NAME || !body || !count) return undefined;
  // A client takes the last frame for a number, and fails over one that is none.
  if (!id || !/^\d{1,18}$/.test(id.toString('latin1'))) return undefined;
  return { client, id, body };
}

/** What the body of a request wants: texts, or to know how the server is set up (`SHOW_CONFIG`, `SHOW_STATUS`). Throws a `Refusal`. */
export function readBody(body: Buffer): 'status' | readonly string[] {
  const word = body.length < 20 ? body.toString('latin1') : '';
  if (word === 'SHOW_CONFIG' || word === 'SHOW_STATUS') return 'status';
  if (word === 'TERMINATION') throw new Refusal(403, 'Forbidden', 'a client can not stop this server');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Refusal(400, 'Validation', 'the body is no JSON in UTF-8');
  }
  if (Array.isArray(json) && json.some(Array.isArray))
    throw new Refusal(400, 'Validation', 'texts that are tokenized already are not served');
  return bodyOf(textsBody, { body: { texts: json } }).texts;
}

/**
 * The frames of an answer with vectors: `[n, W]`, or without pooling `[n, longest, W]`, where short texts are filled up with zeros as
 * bert-as-service does.
 */
export function vectorFrames({ client, id }: WireRequest, vectors: readonly TextVector[], width: number): Buffer[] {
  const longest = Math.max(...vectors.map(({ vector }) => vector.length));
  const values = new Float32Array(vectors.length * longest);
  vectors.forEach(({ vector }, at) => values.set(vector, at * longest));
  const shape = longest === width ? [vectors.length, width] : [vectors.length, longest / width, width];
  return [client, json({ dtype: 'float32', shape, tokens: '' }), Buffer.from(values.buffer), id];
}

/** The frames of an answer that is an object. */
export function objectFrames({ client, id }: WireRequest, answer: object): Buffer[] {
  return [client, json(answer), id];
}

/**
 * The frames of a refusal. The protocol has none, and a client that gets no answer waits for ever. So the reason stands where numpy expects the
 * name of a type: the client fails with `TypeError: data type '…' not understood`.
 */
export function refusalFrames({ client, id }: WireRequest, { message }: Refusal): Buffer[] {
  // numpy takes what is between commas for types of their own, and a leading digit for a shape.
  const reason = `rowlight: ${message}`.replaceAll(',', ';');
  return [client, json({ dtype: reason, shape: [0], error: message }), Buffer.alloc(0), id];
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
