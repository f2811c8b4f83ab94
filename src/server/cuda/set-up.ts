import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RowlightError } from '../errors';
import { nodeFiles, rethrow } from '../node-files';
import { freeBytes, inWords } from '../runs/disk';
import { whileLocked } from '../runs/lock';
import { type BringParts, bringWheel } from './bring-wheel';
import { type PackageTable, type WheelPackage, providerPackage } from './packages';
import { RECORD, cudaFolder, missingLibraries, missingPackages, runtimeFolder } from './runtime';
import { unpackWheel } from './wheel';

/** Where from, where to, and who is told. */
export interface SetUpParts extends BringParts {
  readonly table: PackageTable;
  /** The user's cache folder. */
  readonly cache: string;
  /** The folder of onnxruntime-node's native files. */
  readonly native: string;
  /** `linux-x64` and the like. */
  readonly platform: string;
  /** Whether NVIDIA's libraries that are not on this machine are brought as well. */
  readonly withLibraries: boolean;
  /** Where else libraries are looked for; the system's folders by default. */
  readonly folders?: readonly string[];
}

/** Where wheels lie until they are unpacked. */
const DOWNLOADS = 'downloads';

/** What there is to bring: shown before it is done. */
export interface SetUpPlan {
  readonly packages: readonly WheelPackage[];
  /** Bytes of their wheels. */
  readonly bytes: number;
  /** NVIDIA's libraries that are not on this machine, by their file names. */
  readonly missing: readonly string[];
  /** Bytes of the wheels that have them. */
  readonly missingBytes: number;
}

const bytesOf = (packages: readonly WheelPackage[]): number => packages.reduce((sum, { size }) => sum + size, 0);

/**
 * Says what a set-up would bring.
 * @throws RowlightError `unsupported` where onnxruntime-node has no CUDA
 */
export async function planCuda({ table, cache, platform, withLibraries, folders }: SetUpParts): Promise<SetUpPlan> {
  requirePlatform(platform);
  const missing = missingLibraries(cache, table, folders);
  const lacking = missingPackages(missing, table);
  const provider = providerPackage(table);
  const has = await hasLibraries(runtimeFolder(cache, table), provider);
  const packages = [...(has ? [] : [provider]), ...(withLibraries ? lacking : [])];
  return { packages, bytes: bytesOf(packages), missing, missingBytes: bytesOf(lacking) };
}

/**
 * Brings ONNX Runtime's CUDA provider into the user's cache and answers the folder of the runtime. Every wheel is compared with what is pinned
 * before anything of it is unpacked; what was half fetched is gone on with. May be killed at any moment: the record, without which nothing of the
 * folder is used, is written last.
 */
export async function setUpCuda(parts: SetUpParts): Promise<string> {
  const { table, cache, native, signal } = parts;
  const folder = runtimeFolder(cache, table);
  await removeDamaged(folder, table);
  const plan = await planCuda(parts);
  await requireRoom(cache, plan, parts.from !== undefined);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => rethrow(error, folder));
  const work = whileLocked(cudaFolder(cache), async () => {
    let before = 0;
    for (const wanted of plan.packages) {
      const wheel = await bringWheel(wanted, join(cudaFolder(cache), DOWNLOADS), parts, { before, total: plan.bytes });
      await unpackWheel(wheel, wanted, folder, signal);
      before += wanted.size;
    }
    const own = (await readdir(native)).filter((name) => !name.includes('_providers_'));
    for (const name of own) await copyWhole(join(native, name), join(folder, name));
    await writeRecord(folder, table);
    await removeOthers(cudaFolder(cache), folder);
  });
  await work.catch((error: unknown) => {
    if (RowlightError.is(error, 'busy'))
      throw new RowlightError('busy', 'another set-up of CUDA is under way; wait for its end');
    if (signal.aborted) throw new RowlightError('cancelled', 'stopped; what has come is kept');
    throw error;
  });
  return folder;
}

/** Removes everything that a set-up brought. Answers the bytes that are free again. */
export async function removeCuda(cache: string): Promise<number> {
  const folder = cudaFolder(cache);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  // The record first: whatever comes between, a half of a runtime is none.
  for (const file of files) if (file.endsWith(RECORD)) await rm(file);
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) => rethrow(error, folder));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function requirePlatform(platform: string): void {
  if (platform === 'linux-x64') return;
  const instead = platform.startsWith('win32')
    ? '; the device directml computes on NVIDIA cards there'
    : platform.startsWith('darwin')
      ? '; the devices there are coreml and webgpu'
      : '';
  throw new RowlightError('unsupported', `onnxruntime-node has CUDA on Linux x64 only, not on ${platform}${instead}`);
}

async function requireRoom(cache: string, { packages, bytes }: SetUpPlan, local: boolean): Promise<void> {
  const unpacked = packages.flatMap(({ libraries }) => Object.values(libraries)).reduce((sum, size) => sum + size, 0);
  const needed = unpacked + (local ? 0 : bytes);
  const free = await freeBytes(cache);
  if (free < needed)
    throw new RowlightError(
      'disk-full',
      `${cache}: CUDA needs ${inWords(needed)} on the disk, and ${inWords(free)} are free; free some space or set ROWLIGHT_CACHE to another folder`,
    );
}

/** Libraries of another length than the wheel's: a disk that was full, a hand that slipped. */
async function removeDamaged(folder: string, { packages }: PackageTable): Promise<void> {
  for (const [name, size] of packages.flatMap(({ libraries }) => Object.entries(libraries))) {
    const path = join(folder, name);
    const found = await sizeOf(path);
    if (found !== undefined && found !== size) await rm(path);
  }
}

async function hasLibraries(folder: string, { libraries }: WheelPackage): Promise<boolean> {
  const sizes = Object.entries(libraries).map(async ([name, size]) => (await sizeOf(join(folder, name))) === size);
  return (await Promise.all(sizes)).every(Boolean);
}

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );

async function copyWhole(from: string, to: string): Promise<void> {
  const part = `${to}.part`;
  await copyFile(from, part).catch((error: unknown) => rethrow(error, part));
  await rename(part, to);
}

async function writeRecord(folder: string, { onnxruntime }: PackageTable): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name !== RECORD && !name.endsWith('.part'));
  const files: Record<string, number> = {};
  for (const name of names.sort()) files[name] = (await stat(join(folder, name))).size;
  await nodeFiles.writeAtomic(join(folder, RECORD), `${JSON.stringify({ onnxruntime, files }, undefined, 2)}\n`);
}

/** Runtimes of other versions, and wheels, which are unpacked now. */
async function removeOthers(folder: string, kept: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (path !== kept && (name.startsWith('onnxruntime-') || name === DOWNLOADS))
      await rm(path, { recursive: true, force: true });
  }
}
