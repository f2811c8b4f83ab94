import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where CUDA's libraries lie beside the places that the system's loader is told: the toolkit, WSL's driver, containers' drivers. */
const USUAL = [
  '/usr/local/cuda/lib64',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/usr/lib/wsl/lib',
  '/usr/local/nvidia/lib64',
];

/** A library's path in the first of the folders that has it. @param name its file name, `libcublas.so.13` */
export function findLibrary(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** The folders of libraries on this machine, in the loader's order: `LD_LIBRARY_PATH`, what /etc/ld.so.conf.d names, the usual places. */
export function libraryFolders(): readonly string[] {
  const told = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return [...told, ...configured('/etc/ld.so.conf.d'), ...USUAL];
}

function configured(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith('.conf'));
    const lines = files.flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
    return lines.map((line) => line.trim()).filter((line) => line.startsWith('/'));
  } catch {
    // Some systems have none.
    return [];
  }
}
