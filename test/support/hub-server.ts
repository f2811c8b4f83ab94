import { createHash } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DownloadParts } from '../../src/server/download/download-model';
import { proxyFetch } from '../../src/server/download/proxy-fetch';

/** A hub of one repository on this machine that speaks the protocol of the real one: model info, tree, `resolve` with ranges, large files by redirect. */
export interface HubServer {
  readonly endpoint: string;
  readonly commit: string;
  /** Method, path and range of every request that came. */
  readonly requests: string[];
  /** Bytes after which the connection of a large file is cut, one number a request; then they come whole. */
  cuts: number[];
  /** What is sent instead of a large file's bytes. */
  tamper?: (content: Uint8Array) => Uint8Array;
  close(): Promise<void>;
}

/** What a download from it needs: no progress told, no pause between tries, nothing of the environment. */
export const partsFor = (hub: HubServer, cache: string): DownloadParts => ({
  endpoint: hub.endpoint,
  cache,
  fetch: proxyFetch(),
  offline: false,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onBroken: () => undefined,
  pause: () => 0,
});

/** Files above this many bytes are "large": they have a SHA-256, and their bytes lie at another address. */
const LARGE = 10_000;

const sha = (algorithm: string, ...parts: (Uint8Array | string)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest('hex');

/** The hash that names a file's blob. */
export const blobHash = (content: Uint8Array): string =>
  content.length > LARGE ? sha('sha256', content) : sha('sha1', `blob ${content.length}\0`, content);

/** Starts a hub that holds one model. */
export async function startHub(name: string, files: Readonly<Record<string, Uint8Array>>): Promise<HubServer> {
  const commit = sha('sha1', ...Object.keys(files));
  const hub: Omit<HubServer, 'endpoint' | 'close'> & { cuts: number[]; tamper?: HubServer['tamper'] } = {
    commit,
    requests: [],
    cuts: [],
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    hub.requests.push([request.method, url.pathname, request.headers.range].filter(Boolean).join(' '));
    const file = files[url.pathname.replace(`/${name}/resolve/${commit}/`, '').replace('/large/', '')];
    if (url.pathname.startsWith(`/api/models/${name}/revision/`)) {
      const revision = url.pathname.split('/').at(-1) ?? '';
      if (revision === 'main' || revision === commit) json(response, { _id: '1', id: name, sha: commit });
      else json(response, { error: 'Revision Not Found' }, 404);
    } else if (url.pathname === `/api/models/${name}/tree/${commit}`) json(response, Object.entries(files).map(entry));
    else if (!file) json(response, { error: 'Repository not found' }, 401);
    else if (url.pathname.startsWith('/large/')) sendLarge(request, response, file);
    else if (file.length > LARGE) {
      const headers = { 'X-Linked-ETag': `"${blobHash(file)}"`, 'X-Linked-Size': String(file.length) };
      response.writeHead(302, { ...headers, Location: `/large/${url.pathname.split('/').at(-1)}` }).end();
    } else send(request, response, file);
  });

  function sendLarge(request: IncomingMessage, response: ServerResponse, file: Uint8Array) {
    const content = hub.tamper?.(file) ?? file;
    const probe = request.headers.range === 'bytes=0-0';
    const cut = probe ? undefined : hub.cuts.shift();
    send(request, response, content, cut);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return Object.assign(hub, { endpoint: `http://127.0.0.1:${port}`, close });
}

const entry = ([path, content]: [string, Uint8Array]) => ({
  type: 'file',
  path,
  size: content.length,
  oid: sha('sha1', `blob ${content.length}\0`, content),
  ...(content.length > LARGE && { lfs: { oid: sha('sha256', content), size: content.length, pointerSize: 130 } }),
});

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

/** A file or its asked range; cut off after `cut` bytes, as a broken connection does it. */
function send(request: IncomingMessage, response: ServerResponse, file: Uint8Array, cut?: number): void {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  const part = from === undefined ? file : file.subarray(Number(from), Number(to) + 1);
  const range = from === undefined ? {} : { 'Content-Range': `bytes ${from}-${to}/${file.length}` };
  response.writeHead(from === undefined ? 200 : 206, {
    'Content-Length': String(part.length),
    ETag: `"${blobHash(file)}"`,
    ...range,
  });
  if (cut === undefined) response.end(part);
  else response.write(part.subarray(0, cut), () => response.destroy());
}
