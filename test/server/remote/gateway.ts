import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ending } from '../serve/support';

/** An answer that a gateway gives by itself. */
export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** What stands before a real server: passes requests on, or stops them in a test's way. */
export interface Gateway {
  readonly url: string;
  /** Port of the server behind; 0: connections are closed without an answer, as by a machine that is gone. */
  target: number;
  /** What is answered instead of asking the server behind; `hang` never answers. */
  intercept: (asked: IncomingMessage, body: string) => Reply | 'hang' | undefined;
  /** Every request: `METHOD path`, its headers, its body. */
  readonly seen: { readonly line: string; readonly headers: IncomingMessage['headers']; readonly body: string }[];
  /** Requests with texts. */
  readonly posts: () => { readonly texts: unknown[] }[];
}

/** Opens a gateway on a free port of this machine; it closes with the test. */
export async function openGateway(t: Ending, target = 0): Promise<Gateway> {
  const server = createServer((asked, answer) => {
    if (gateway.target === 0) return void asked.socket.destroy();
    const parts: Buffer[] = [];
    asked.on('data', (part: Buffer) => parts.push(part));
    asked.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      gateway.seen.push({ line: `${asked.method} ${asked.url}`, headers: asked.headers, body });
      const own = gateway.intercept(asked, body);
      if (own === 'hang') return;
      if (own) return void answer.writeHead(own.status, own.headers).end(own.body);
      const { method, url: path, headers } = asked;
      const onward = request(
        { host: '127.0.0.1', port: gateway.target, method, path, headers, agent: false },
        (got) => {
          answer.writeHead(got.statusCode ?? 500, got.headers);
          got.pipe(answer);
          got.on('error', () => answer.destroy());
        },
      );
      onward.on('error', () => answer.destroy());
      answer.on('close', () => onward.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const gateway: Gateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target,
    intercept: () => undefined,
    seen: [],
    posts: () =>
      gateway.seen
        .filter(({ line }) => line.startsWith('POST'))
        .map(({ body }) => JSON.parse(body) as { texts: unknown[] }),
  };
  return gateway;
}
