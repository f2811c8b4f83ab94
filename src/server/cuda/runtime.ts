import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../parse-json';
import { inWords } from '../runs/disk';
import { cacheFolder } from '../runs/verdict-cache';
import { findLibrary, libraryFolders } from './find-library';
import { PACKAGES, type PackageTable, libraryPackages, providerPackage } from './packages';

/*
 * ONNX Runtime looks for its CUDA provider beside its own library, so a copy of that lies in the user's cache together with the provider:
 *
 *   cuda/onnxruntime-1.30.0/
 *     cuda.json                            what is here, with sizes; written last
 *     libonnxruntime.so.1                  copies of those of onnxruntime-node
 *     onnxruntime_binding.node
 *     libonnxruntime_providers_*.so        from the wheel onnxruntime-gpu
 *     libcublas.so.13 …                    from NVIDIA's wheels, where the machine has none
 */

/** ONNX Runtime with CUDA, ready to be loaded. */
export interface CudaRuntime {
  readonly folder: string;
  /** Paths of what has to be in the process before, in order. */
  readonly libraries: readonly string[];
}

/** The file that says what a runtime's folder holds. */
export const RECORD = 'cuda.json';

/** What it says: the bytes of every file. */
export const recordSchema = z.object({ onnxruntime: z.string(), files: z.record(z.string(), z.number()) });

/** The libraries that the provider is linked with, those of the driver first; cuDNN is opened when it is needed. */
const linked = (table: PackageTable): readonly string[] =>
  libraryPackages(table).flatMap(({ libraries }) => Object.keys(libraries).filter((name) => !/^libcudnn_/.test(name)));

/** The folder of everything that has to do with CUDA. */
export const cudaFolder = (cache = cacheFolder()): string => join(cache, 'cuda');

/** The folder of the runtime for a version of ONNX Runtime. */
export const runtimeFolder = (cache: string, { onnxruntime }: PackageTable): string =>
  join(cudaFolder(cache), `onnxruntime-${onnxruntime}`);

/**
 * ONNX Runtime with CUDA in the user's cache, or in one line why it can't be used and what to do. Looks at files only: whether there is a driver
 * and a card shows when a session is made.
 */
export function cudaRuntime(
  cache = cacheFolder(),
  table = PACKAGES,
  folders = libraryFolders(),
): CudaRuntime | { readonly problem: string } {
  const folder = runtimeFolder(cache, table);
  const problem = damage(cache, table);
  if (problem !== undefined) return { problem };
  const missing = missingLibraries(cache, table, folders);
  if (missing.length > 0) {
    const bytes = missingPackages(missing, table).reduce((sum, { size }) => sum + size, 0);
    return {
      problem: `NVIDIA's ${missing.join(', ')} are not on this machine: rowlight doctor --setup cuda --with-libraries fetches them (${inWords(bytes)})`,
    };
  }
  const found = linked(table).map((name) => findLibrary(name, [folder, ...folders])!);
  return { folder, libraries: [findLibrary('libcuda.so.1', folders) ?? 'libcuda.so.1', ...found] };
}

/** NVIDIA's libraries that are neither in the cache nor elsewhere on this machine, by their file names. */
export function missingLibraries(cache: string, table: PackageTable, folders = libraryFolders()): readonly string[] {
  const everywhere = [runtimeFolder(cache, table), ...folders];
  return linked(table).filter((name) => findLibrary(name, everywhere) === undefined);
}

/** The packages that have these libraries. */
export const missingPackages = (missing: readonly string[], table: PackageTable) =>
  libraryPackages(table).filter(({ libraries }) => missing.some((name) => name in libraries));

/** What is wrong with the folder of the runtime; undefined where all is there. */
function damage(cache: string, table: PackageTable): string | undefined {
  const again = 'rowlight doctor --setup cuda';
  const folder = runtimeFolder(cache, table);
  const file = join(folder, RECORD);
  if (!existsSync(file)) {
    const other = otherVersion(cache);
    return other === undefined
      ? `it is not set up: ${again} fetches its libraries (${inWords(providerPackage(table).size)})`
      : `it was set up for ONNX Runtime ${other}, and this is ${table.onnxruntime}: ${again} fetches the right one`;
  }
  try {
    const { onnxruntime, files } = parseJson(readFileSync(file), recordSchema, file);
    if (onnxruntime !== table.onnxruntime) return `${file} is of ONNX Runtime ${onnxruntime}: ${again} sets it up anew`;
    const bad = Object.entries(files).find(([name, size]) => sizeOf(join(folder, name)) !== size);
    return bad && `${join(folder, bad[0])} is missing or damaged: ${again} sets it up anew`;
  } catch {
    return `${file} is damaged: ${again} sets it up anew`;
  }
}

/** A file's bytes; undefined where it is missing. */
const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;

/** The version that an earlier Rowlight set CUDA up for. */
function otherVersion(cache: string): string | undefined {
  const folder = cudaFolder(cache);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const found = names.find((name) => existsSync(join(folder, name, RECORD)));
  return found?.replace('onnxruntime-', '');
}
