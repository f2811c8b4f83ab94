import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as kernelNames from '@tensorflow/tfjs-core/dist/kernel_names';

/** Where tfjs-core publishes its own tests, from the repository root. */
export const TFJS = join('node_modules', '@tensorflow', 'tfjs-core', 'dist');

/** Test files of tfjs-core outside `ops/` that speak of tensors, variables and gradients instead of files, flags and browsers. */
const BEYOND_OPS = ['engine_test.js', 'gradients_test.js', 'tensor_test.js', 'variable_test.js'];

/**
 * tfjs-core's test files that concern a backend with these kernels: all of `ops/` but those beside an operation whose own kernels
 * (`import { … } from '../kernel_names'`) the backend has none of.
 * @returns paths below `TFJS` with forward slashes, and the files left aside with the kernels that they want
 */
export function specFiles(registered: ReadonlySet<string>): { chosen: string[]; aside: Map<string, string[]> } {
  const chosen = [...BEYOND_OPS];
  const aside = new Map<string, string[]>();
  const files = (readdirSync(join(TFJS, 'ops'), { recursive: true }) as string[]).map(
    (file) => `ops/${file.replaceAll('\\', '/')}`,
  );
  for (const file of files.filter((file) => file.endsWith('_test.js')).sort()) {
    const operation = file.replace('_test.js', '.js');
    const kernels = files.includes(operation) ? kernelsOf(operation) : [];
    if (kernels.length > 0 && !kernels.some((kernel) => registered.has(kernel))) aside.set(file, kernels);
    else chosen.push(file);
  }
  return { chosen, aside };
}

/** The kernels that an operation's module names. */
function kernelsOf(operation: string): string[] {
  const source = readFileSync(join(TFJS, operation), 'utf8');
  const imports = /import \{([^}]*)\} from '(?:\.\.\/)+kernel_names'/.exec(source)?.[1] ?? '';
  const constants = imports.split(',').map((name) => name.trim());
  return constants.filter(Boolean).map((name) => (kernelNames as unknown as Record<string, string>)[name] ?? name);
}
