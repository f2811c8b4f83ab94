// `npm run bench` runs scripts/bench/page.ts; `node scripts/bench.mjs NAME [arguments]` runs scripts/bench/NAME.ts. The head of each says what it measures.
import { runTypeScript } from './lib/bundle.mjs';
import { at } from './lib/paths.mjs';

const given = process.argv.slice(2);
const [name, ...args] = given[0] === undefined || given[0].startsWith('--') ? ['page', ...given] : given;
process.exitCode = await runTypeScript(at('scripts/bench', `${name}.ts`), args);
