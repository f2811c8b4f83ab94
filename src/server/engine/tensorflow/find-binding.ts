import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../parse-json';
import { cacheFolder } from '../../runs/verdict-cache';
import { TENSORFLOW, TFJS_NODE } from './versions';

/*
 * What `npm run engine:tensorflow` makes in the user's cache:
 *
 *   tensorflow/
 *     tensorflow.json                   what is here, with sizes; written last
 *     tfjs_binding.node                 tfjs-node's binding, built against
 *     libtensorflow_cc.so.2 …           the libraries of the wheel
 */

/** The file that says what the folder holds. */
export const RECORD = 'tensorflow.json';

/** The name of the binding, here and in tfjs-node. */
export const BINDING = 'tfjs_binding.node';

/** What the record says: versions, and the bytes of every file. */
export const recordSchema = z.object({
  tensorflow: z.string(),
  tfjsNode: z.string(),
  /** The wheel whose libraries these are. */
  wheel: z.string(),
  files: z.record(z.string(), z.number()),
});

/** The folder of what was built. */
export const tensorflowFolder = (cache = cacheFolder()): string => join(cache, 'tensorflow');

/** A binding that can be loaded, as far as files tell. */
export interface FoundBinding {
  readonly binding: string;
  /** The version of libtensorflow that it must show, and the wheel that has it; absent for an installed package. */
  readonly tensorflow?: string;
  readonly wheel?: string;
}

/** How it is built. */
const BUILD = 'npm run engine:tensorflow';

/** Packages that have the binding where their own install script succeeded. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/**
 * The path of tfjs-node's binding: what was built, else an installed package's. Or, in one line, why there is none and what to do.
 * @param resolve finds a file of a package
 */
export function findBinding(
  cache = cacheFolder(),
  resolve: (file: string) => string = (file) => require.resolve(file),
): FoundBinding | { readonly problem: string } {
  const folder = tensorflowFolder(cache);
  if (!existsSync(join(folder, RECORD))) {
    const binding = PACKAGES.map((name) => packageBinding(name, resolve)).find((path) => path !== undefined);
    if (binding !== undefined) return { binding };
    return { problem: `it is not here: ${BUILD} builds it (fetches TensorFlow from PyPI; needs a C++ compiler)` };
  }
  return checkBuilt(folder);
}

/** Looks at what was built. */
function checkBuilt(folder: string): FoundBinding | { readonly problem: string } {
  const file = join(folder, RECORD);
  const again = `${BUILD} builds it anew`;
  try {
    const { tensorflow, tfjsNode, wheel, files } = parseJson(readFileSync(file), recordSchema, file);
    if (tensorflow !== TENSORFLOW || tfjsNode !== TFJS_NODE)
      return {
        problem: `${folder} has TensorFlow ${tensorflow} with tfjs-node ${tfjsNode}, and this needs ${TENSORFLOW} with ${TFJS_NODE}: ${again}`,
      };
    const bad = Object.entries(files).find(
      ([name, size]) => statSync(join(folder, name), { throwIfNoEntry: false })?.size !== size,
    );
    if (bad !== undefined) return { problem: `${join(folder, bad[0])} is missing or damaged: ${again}` };
    return { binding: join(folder, BINDING), tensorflow, wheel };
  } catch {
    return { problem: `${file} is damaged: ${again}` };
  }
}

/** The binding in an installed package, which has one for each version of Node's interface that it was built for. */
function packageBinding(name: string, resolve: (file: string) => string): string | undefined {
  try {
    const lib = join(dirname(resolve(`${name}/package.json`)), 'lib');
    const folders = readdirSync(lib).filter((folder) => folder.startsWith('napi-v'));
    return folders.map((folder) => join(lib, folder, BINDING)).find((path) => existsSync(path));
  } catch {
    // Not installed, or its own download failed.
    return undefined;
  }
}
