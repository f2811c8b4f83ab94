// `node scripts/bench.mjs NAME [arguments]` runs scripts/bench/NAME.ts. The head of each says what it measures.
import { runTypeScript } from './lib/bundle.mjs';
import { at } from './lib/paths.mjs';

const [name, ...args] = process.argv.slice(2);
process.exitCode = await runTypeScript(at('scripts/bench', `${name}.ts`), args);
