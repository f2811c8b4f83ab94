import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Loads one of the repository's scripts as it is, unbundled. @param path relative to the root */
export async function load<T>(path: string): Promise<T> {
  return (await import(pathToFileURL(join(process.cwd(), path)).href)) as T;
}
