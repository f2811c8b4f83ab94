// `npm run engine:tensorflow`: builds the engine `tensorflow` into the user's cache. What it fetches and how: scripts/tensorflow/build.ts.
//
//   npm run engine:tensorflow [-- --cuda] [-- --from WHEEL]    for NVIDIA's cards; from a wheel on this machine
//   npm run engine:tensorflow -- --remove
import { aptAllowed, aptInstall } from './lib/apt.mjs';
import { findProgram } from './lib/run.mjs';
import { requireDependencies } from './setup.mjs';

await requireDependencies();
// Where packages may be installed without asking, as on a build machine, the compiler is.
if (!process.argv.includes('--remove') && !findProgram(['g++', 'clang++', 'c++']) && aptAllowed())
  await aptInstall(['g++'], 'about 50 MB; 200 MB on disk');
const { runTypeScript } = await import('./lib/bundle.mjs');
const { at } = await import('./lib/paths.mjs');
process.exitCode = await runTypeScript(at('scripts/tensorflow/engine-tensorflow.ts'), process.argv.slice(2));
