import { createHash, timingSafeEqual } from 'node:crypto';
import { RowlightError } from '../errors';
import { nodeFiles } from '../node-files';
import { Refusal } from './refusal';

/** Fewest characters of a key. */
const SHORTEST_KEY = 16;

/** Reads the key that clients must show: the first line of a file. Rejects with reason `bad-argument` where it is too short to be one. */
export async function readKey(path: string): Promise<string> {
  const key = new TextDecoder()
    .decode(await nodeFiles.read(path))
    .split(/\r?\n/, 1)[0]!
    .trim();
  if (key.length < SHORTEST_KEY)
    throw new RowlightError(
      'bad-argument',
      `${path}: the key on its first line needs at least ${SHORTEST_KEY} characters`,
    );
  return key;
}

/** Whether an address is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^127(\.\d{1,3}){3}$/.test(bare);
}

/**
 * Whether a `Host` header names this machine. A web page whose name was made to point here (DNS rebinding) sends its own name; without a key that is
 * what tells it from a program here.
 */
export function isOwnHost(header: string | undefined): boolean {
  const name = /^(\[[0-9a-f:]+\]|[^:/@\s]+)(:\d{1,5})?$/i.exec(header ?? '')?.[1];
  return name !== undefined && isLoopback(name);
}

/** Refuses whoever doesn't show the key: `Authorization: Bearer …` or `X-API-Key`. Compared in the same time wherever the two differ. */
export function requireKey(
  key: string,
  headers: { readonly authorization?: string | undefined; readonly [name: string]: unknown },
): void {
  const shown = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1] ?? headers['x-api-key'];
  const digest = (text: string) => createHash('sha256').update(text).digest();
  if (typeof shown === 'string' && timingSafeEqual(digest(shown.trim()), digest(key))) return;
  throw new Refusal(401, 'Unauthorized', 'the key is missing or wrong; send it as Authorization: Bearer KEY');
}
