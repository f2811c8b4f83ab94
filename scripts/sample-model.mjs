// Makes models/police-desk anew, the model that shows hints when the sample is first opened: `node scripts/sample-model.mjs [train options]`.
// Trains it with the command line as shipped, and stores its weights in half precision, which halves what the extension weighs.
import { rmSync } from 'node:fs';
import { runTypeScript } from './lib/bundle.mjs';
import { at, root } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';

const run = at('.rowlight/sample-model');
rmSync(run, { recursive: true, force: true });
const train = ['train', 'samples/police-desk/train.tsv', '--output', run, '--seed', '1', ...process.argv.slice(2)];
process.exitCode =
  (await runNode([at('dist/cli.cjs'), ...train], { cwd: root })) ||
  (await runTypeScript(at('scripts/lib/halve-model.ts'), [run, 'models/police-desk'])) ||
  (await runNode(
    [
      at('dist/cli.cjs'),
      'evaluate',
      'models/police-desk',
      'samples/police-desk/test.tsv',
      '--floor',
      'samples/police-desk/train.tsv',
    ],
    { cwd: root },
  ));
