import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TFJS_NODE } from '../../src/server/engine/tensorflow/versions';
import { RowlightError } from '../../src/server/errors';

/** What is compiled, and the headers of Node's interface, as npm has them. */
const PACKAGES = [
  {
    name: 'tfjs-node',
    spec: `@tensorflow/tfjs-node@${TFJS_NODE}`,
    integrity: 'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
  },
  {
    name: 'node-api-headers',
    spec: 'node-api-headers@1.9.0',
    integrity: 'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
  },
];

/** Where the sources are. */
export interface Sources {
  /** tfjs-node's `binding` folder. */
  readonly binding: string;
  /** The folder of `node_api.h`. */
  readonly headers: string;
}

/** Fetches the sources with npm, which runs nothing of them, and unpacks them into a folder. */
export async function fetchSources(folder: string, signal: AbortSignal): Promise<Sources> {
  for (const { name, spec, integrity } of PACKAGES) {
    const into = join(folder, name);
    await mkdir(into, { recursive: true });
    const [packed] = JSON.parse(await npm(['pack', spec, '--json', '--pack-destination', into], signal)) as {
      filename: string;
      integrity: string;
    }[];
    if (packed?.integrity !== integrity)
      throw new RowlightError('bad-data', `${spec}: what npm brought is not what is pinned; try another registry`);
    await promisify(execFile)('tar', ['-xzf', join(into, packed.filename), '-C', into], { signal });
  }
  return {
    binding: join(folder, 'tfjs-node', 'package', 'binding'),
    headers: join(folder, 'node-api-headers', 'package', 'include'),
  };
}

async function npm(args: readonly string[], signal: AbortSignal): Promise<string> {
  try {
    // `npm run` says where npm is.
    const cli = process.env['npm_execpath'];
    const [program, first] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
    return (await promisify(execFile)(program, [...first, ...args], { signal })).stdout;
  } catch (error) {
    if (signal.aborted) throw error;
    const { stderr = '', message } = error as { stderr?: string; message: string };
    const [line = message] = stderr.split('\n').filter((text) => /npm (ERR!|error)/.test(text));
    throw new RowlightError('not-found', `npm pack failed: ${line}`);
  }
}
