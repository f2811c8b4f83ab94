import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BINDING } from '../../src/server/engine/tensorflow/find-binding';
import { RowlightError } from '../../src/server/errors';
import { findProgram } from '../lib/run.mjs';
import type { Sources } from './sources';

/** The C++ compiler: what `CXX` names, else the first on the path. @throws RowlightError `not-found` where there is none */
export function findCompiler(): string {
  const found = process.env['CXX'] || findProgram(['g++', 'clang++', 'c++']);
  if (!found)
    throw new RowlightError(
      'not-found',
      'a C++ compiler is missing (g++ or clang++): sudo apt-get install g++ brings one on Debian and Ubuntu, dnf install gcc-c++ on Fedora',
    );
  return found;
}

/** Compiles tfjs-node's binding against the libraries in a folder, into that folder. @param include the folder of TensorFlow's headers */
export async function compileBinding(
  compiler: string,
  { binding, headers }: Sources,
  include: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const files = (await readdir(binding)).filter((name) => name.endsWith('.cc')).map((name) => join(binding, name));
  const libraries = (await readdir(folder)).filter((name) => name.startsWith('libtensorflow'));
  const args = [
    ...['-shared', '-fPIC', '-O2', '-std=c++17', '-w', '-DNAPI_VERSION=8', '-I', headers, '-I', include, ...files],
    ...libraries.map((name) => join(folder, name)),
    // The libraries are looked for beside the binding.
    ...['-Wl,-rpath,$ORIGIN', '-o', join(folder, BINDING)],
  ];
  await promisify(execFile)(compiler, args, { signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    const { stderr = '', message } = error as { stderr?: string; message: string };
    const lines = (stderr || message).split('\n');
    const line = lines.find((text) => /error|undefined reference|not found/.test(text)) ?? lines[0]!;
    throw new RowlightError('bad-data', `${compiler} can't build the binding: ${line.trim()}`);
  });
}
