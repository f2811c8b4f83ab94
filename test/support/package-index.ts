import { createHash } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PackageTable, WheelPackage } from '../../src/server/cuda/packages';
import { writeZip } from './write-zip';

/** A wheel for tests, with what is pinned of it. */
export interface TestWheel {
  readonly content: Buffer;
  readonly pinned: WheelPackage;
}

/** Packs libraries as a wheel does, beside files that are not wanted. */
export function makeWheel(name: string, version: string, libraries: Readonly<Record<string, Uint8Array>>): TestWheel {
  const files = Object.entries(libraries).map(([library, bytes]) => [`some/folder/${library}`, bytes] as const);
  const content = writeZip([['some/METADATA', Buffer.from('Name: x\n')], ...files], true);
  const sizes = Object.fromEntries(Object.entries(libraries).map(([library, bytes]) => [library, bytes.length]));
  const file = `${name.replaceAll('-', '_')}-${version}-py3-none-manylinux_2_28_x86_64.whl`;
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { content, pinned: { name, version, file, size: content.length, sha256, libraries: sizes } };
}

/** The table of these wheels, the provider's first. */
export const tableOf = (...wheels: readonly TestWheel[]): PackageTable => ({
  onnxruntime: wheels[0]!.pinned.version,
  packages: wheels.map(({ pinned }) => pinned),
});

/** An index of Python packages on this machine. */
export interface PackageIndex {
  readonly address: string;
  /** Path and range of every request that came, and who asked. */
  readonly requests: { readonly path: string; readonly range?: string; readonly authorization?: string }[];
  /** Whether pages are JSON (PEP 691) as PyPI's are, or HTML (PEP 503) as most mirrors' are. */
  json: boolean;
  /** Whether parts of files are sent where they are asked for. */
  ranges: boolean;
  /** Bytes after which the connection of a file is cut, one number a request; then they come whole. */
  cuts: number[];
  /** What is sent instead of a file's bytes. */
  tamper?: (content: Buffer) => Buffer;
  close(): Promise<void>;
}

/** Starts an index that has these wheels. */
export async function startIndex(wheels: readonly TestWheel[]): Promise<PackageIndex> {
  const index: Omit<PackageIndex, 'address' | 'close'> = { requests: [], json: true, ranges: true, cuts: [] };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    const { range, authorization } = request.headers;
    index.requests.push({ path, ...(range && { range }), ...(authorization && { authorization }) });
    const page = wheels.filter(({ pinned }) => path === `/simple/${pinned.name}/`);
    const wheel = wheels.find(({ pinned }) => path === `/packages/ab/${pinned.file}`);
    if (wheel) sendFile(request, response, index.tamper?.(wheel.content) ?? wheel.content);
    else if (page.length > 0) sendPage(response, page);
    else response.writeHead(404).end();
  });

  function sendPage(response: ServerResponse, page: readonly TestWheel[]) {
    const links = page.map(({ pinned }) => ({ filename: pinned.file, url: `../../packages/ab/${pinned.file}` }));
    const type = index.json ? 'application/vnd.pypi.simple.v1+json' : 'text/html';
    const html = links.map(({ filename, url }) => `<a href="${url}#sha256=0&amp;x=1">${filename}</a><br>`).join('\n');
    response.writeHead(200, { 'Content-Type': type }).end(index.json ? JSON.stringify({ files: links }) : html);
  }

  function sendFile(request: IncomingMessage, response: ServerResponse, content: Buffer) {
    const [, from] = (index.ranges && /^bytes=(\d+)-$/.exec(request.headers.range ?? '')) || [];
    const part = content.subarray(Number(from ?? 0));
    response.writeHead(from === undefined ? 200 : 206, { 'Content-Length': String(part.length) });
    const cut = index.cuts.shift();
    if (cut === undefined) response.end(part);
    else response.write(part.subarray(0, cut), () => response.destroy());
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return Object.assign(index, { address: `http://127.0.0.1:${port}/simple`, close });
}
