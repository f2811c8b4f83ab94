import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { request } from 'node:http';
import { startCli } from '../../support/cli';
import { createConditions } from '../../support/until';

/** An answer over a socket. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON. */
  json(): never;
}

/** A `rowlight serve` that listens. */
export interface Served {
  readonly port: number;
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves with the exit code and all of standard error. */
  readonly ended: Promise<{ code: number | null; stderr: string }>;
  /** All of standard error so far. */
  stderr(): string;
  /** Resolves once standard error has a line that matches; rejects where the server ends without one. */
  said(pattern: RegExp): Promise<void>;
  send(method: string, path: string, body?: string | Buffer, headers?: Record<string, string>): Promise<HttpAnswer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<HttpAnswer>;
}

/** What a helper of a test ends with: a test, or what a suite clears up afterwards. */
export interface Ending {
  after(end: () => unknown): void;
}

/** Starts a server on a free port and waits until it listens; it ends with the test. In float32, whatever this machine knows of the model, unless told otherwise. */
export async function startServer(t: Ending, ...args: string[]): Promise<Served> {
  const child = startCli(['serve', '--port', '0', '--threads', '1', '--dtype', 'float32', ...args]);
  t.after(() => child.kill('SIGKILL'));
  let stderr = '';
  const { until, wake } = createConditions();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    wake();
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stderr })),
  );
  let over = false;
  void ended.then(() => {
    over = true;
    wake();
  });
  const said = async (pattern: RegExp): Promise<void> => {
    await until(() => over || pattern.test(stderr));
    if (!pattern.test(stderr)) throw new Error(`The server ended without ${String(pattern)}: ${stderr}`);
  };
  await said(/Ctrl\+C/);
  const port = Number(/:(\d+) \(Ctrl/.exec(stderr)![1]);
  const send: Served['send'] = (method, path, body, given = {}) =>
    new Promise((resolve, reject) => {
      // Node says how long a body is only where a method mostly has one.
      const headers = body === undefined ? given : { 'content-length': String(Buffer.byteLength(body)), ...given };
      const asked = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          const json = (): never => JSON.parse(text) as never;
          resolve({ status: answer.statusCode!, headers: answer.headers, text, json });
        });
      });
      asked.on('error', reject);
      asked.end(body);
    });
  const post: Served['post'] = (path, body, headers = {}) =>
    send('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  return { port, child, ended, stderr: () => stderr, said, send, post };
}
