import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { type BringParts, bringWheel } from '../../src/server/cuda/bring-wheel';
import type { WheelPackage } from '../../src/server/cuda/packages';
import { unpackWheel } from '../../src/server/cuda/wheel';
import { BINDING, RECORD } from '../../src/server/engine/tensorflow/find-binding';
import { TFJS_NODE } from '../../src/server/engine/tensorflow/versions';
import { RowlightError } from '../../src/server/errors';
import { openFile } from '../../src/server/import/byte-source';
import { openZip } from '../../src/server/import/zip';
import { nodeFiles } from '../../src/server/node-files';
import { freeBytes, inWords } from '../../src/server/runs/disk';
import { compileBinding } from './compile';
import type { Sources } from './sources';

/*
 * The engine `tensorflow` needs libtensorflow and tfjs-node's binding to it. tfjs-node's own install script downloads an old libtensorflow, and often
 * fails; here both come from where they are kept: libtensorflow with its headers out of the wheel on PyPI, the binding compiled from the package on npm.
 */

/** What a build needs. */
export interface BuildParts extends BringParts {
  readonly wheel: WheelPackage;
  /** Where to; it appears whole or not at all. */
  readonly folder: string;
  readonly compiler: string;
  readonly sources: (folder: string, signal: AbortSignal) => Promise<Sources>;
  /** Tells what is under way. */
  say(line: string): void;
}

/** Builds the engine's libraries. May be killed at any moment: what was half fetched is gone on with. */
export async function buildTensorflow(parts: BuildParts): Promise<void> {
  const { wheel, folder, compiler, sources, signal, say } = parts;
  const downloads = `${folder}-downloads`;
  const work = `${folder}-part`;
  await requireRoom(parts);
  say(
    `brings ${wheel.name} ${wheel.version} (${inWords(wheel.size)}) and tfjs-node ${TFJS_NODE}; compiles with ${compiler}`,
  );
  await mkdir(downloads, { recursive: true });
  const file = await bringWheel(wheel, downloads, parts, { before: 0, total: wheel.size });
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  try {
    say('unpacking');
    await unpackWheel(file, wheel, work, signal);
    const build = join(work, 'build');
    await unpackHeaders(file, build, signal);
    const fetched = await sources(build, signal);
    say('compiling');
    await compileBinding(compiler, fetched, join(build, INCLUDE), work, signal);
    await rm(build, { recursive: true });
    await requireVersion(join(work, BINDING), wheel.version);
    const files: Record<string, number> = {};
    for (const name of (await readdir(work)).sort()) files[name] = (await stat(join(work, name))).size;
    const record = { tensorflow: wheel.version, tfjsNode: TFJS_NODE, wheel: wheel.file, files };
    await nodeFiles.writeAtomic(join(work, RECORD), `${JSON.stringify(record, undefined, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  await rm(downloads, { recursive: true, force: true });
}

/** Where headers lie in the wheel. */
const INCLUDE = 'tensorflow/include';

/** The headers that the C interface consists of. */
const HEADERS = /^tensorflow\/include\/(tensorflow\/c|(tensorflow\/core|tsl)\/platform\/ctstring|xla\/tsl\/c)\S*\.h$/;

async function unpackHeaders(wheel: string, into: string, signal: AbortSignal): Promise<void> {
  const source = await openFile(wheel);
  try {
    const zip = await openZip(source);
    for (const name of zip.names.filter((name) => HEADERS.test(name))) {
      await mkdir(dirname(join(into, name)), { recursive: true });
      await pipeline(await zip.stream(name), createWriteStream(join(into, name)), { signal });
    }
  } finally {
    await source.close();
  }
}

async function requireRoom({ wheel, folder, from }: BuildParts): Promise<void> {
  const unpacked = Object.values(wheel.libraries).reduce((sum, size) => sum + size, 0);
  const needed = unpacked + (from === undefined ? wheel.size : 0);
  await mkdir(dirname(folder), { recursive: true });
  const free = await freeBytes(dirname(folder));
  if (free < needed)
    throw new RowlightError(
      'disk-full',
      `${dirname(folder)}: the engine needs ${inWords(needed)} on the disk, and ${inWords(free)} are free; free some space or set ROWLIGHT_CACHE to another folder`,
    );
}

/** Loads what was built in a process of its own: it must be the version that is pinned. */
async function requireVersion(binding: string, version: string): Promise<void> {
  const program = 'process.stdout.write(require(process.argv[1]).TF_Version)';
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
  const found = await promisify(execFile)(process.execPath, ['-e', program, binding], { env }).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      const { stderr = '', message } = error as { stderr?: string; message: string };
      const line = stderr.split('\n').find((text) => text.includes('Error')) ?? message;
      throw new RowlightError('bad-data', `what was built can't be loaded: ${line.trim()}`);
    },
  );
  if (found !== version)
    throw new RowlightError('bad-data', `TensorFlow ${found} was loaded in the place of ${version}`);
}
