import { proxyFetch } from '../download/proxy-fetch';
import type { ServedState } from '../../protocol/server-access';
import { Malformed } from './answers';

/** Most bytes of an answer that are read: batches are cut so that theirs stay far below. */
const MOST_BYTES = 32 * 2 ** 20;

/** Why a request had no answer. */
export class Trouble extends Error {
  constructor(
    /** What it means for the server; `too-much`: the request was too large or would have taken too long. */
    readonly kind: Exclude<ServedState, 'connecting' | 'ready' | 'consent'> | 'too-much',
    message: string,
    /** Seconds after which the server wants to be asked again. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** How a server is asked: its key, and the way there. */
export interface Channel {
  /** Asks a route (`GET` where there is no body) and gives what `parse` makes of the JSON. Rejects with {@link Trouble}, or as `signal` aborts. */
  ask<T>(
    url: string,
    body: string | undefined,
    milliseconds: number,
    signal: AbortSignal,
    parse: (json: unknown) => T,
  ): Promise<T>;
}

/** A channel through the proxy that the editor or the environment names. It follows no redirection: rows and key go to the address that the user allowed. */
export function openChannel({ key, proxy }: { readonly key?: string; readonly proxy?: string }): Channel {
  const send = proxyFetch(proxy);
  return {
    async ask(url, body, milliseconds, signal, parse) {
      const patience = AbortSignal.timeout(milliseconds);
      try {
        const answer = await send(url, {
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            accept: 'application/json',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          },
          ...(body === undefined ? {} : { body }),
          redirect: 'manual',
          signal: AbortSignal.any([signal, patience]),
        });
        const text = await read(answer);
        if (!answer.ok) throw refusalOf(answer, text);
        return parse(JSON.parse(text));
      } catch (error) {
        if (signal.aborted || error instanceof Trouble) throw error;
        if (patience.aborted) throw new Trouble('unreachable', `no answer within ${milliseconds / 1000} s`);
        if (error instanceof SyntaxError || error instanceof Malformed)
          throw new Trouble('malformed', `its answer is not that of rowlight serve (${oneLine(error.message)})`);
        throw unreached(error);
      }
    },
  };
}

/** The body as text; an answer that does not end in time or at a bound is none. */
async function read(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const body = answer.body as AsyncIterable<Uint8Array> | null;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > MOST_BYTES) throw new Malformed(`more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** What a status means. */
function refusalOf({ status, headers }: Response, text: string): Trouble {
  const said = `HTTP ${status}${lineOf(text)}`;
  if (status === 401) return new Trouble('key', said);
  if (status === 413 || status === 504) return new Trouble('too-much', said);
  if (status === 429) return new Trouble('busy', said, secondsOf(headers.get('retry-after')));
  // What is broken may say a second again and again: how long to wait is decided here.
  if (status === 502 || status === 503) return new Trouble('busy', said);
  return new Trouble('refused', said);
}

/** The line in which `rowlight serve` says why. */
function lineOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? `: ${oneLine(error)}` : '';
  } catch {
    return '';
  }
}

/** Seconds of a `Retry-After`, which may also be a date. */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d{1,6}$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** Codes of Node and OpenSSL for a certificate that proves nothing, and for a partner that speaks no TLS. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS|ERR_SSL|EPROTO/;

function unreached(error: unknown): Trouble {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code !== 'string') continue;
    return CERTIFICATE.test(code)
      ? new Trouble('certificate', `its certificate can't be trusted (${code}); NODE_EXTRA_CA_CERTS names a file with your own authority's`) // prettier-ignore
      : // The HTTP client's own codes say less than its words.
        new Trouble('unreachable', code.startsWith('UND_ERR') ? oneLine(cause.message) : code);
  }
  return new Trouble('unreachable', oneLine(error instanceof Error ? error.message : String(error)));
}

function oneLine(text: string): string {
  return text.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').slice(0, 300);
}
