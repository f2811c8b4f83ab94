// `node scripts/recipe-schema.mjs`: see recipe-schema.ts.
import { runTypeScript } from './lib/bundle.mjs';
import { at } from './lib/paths.mjs';

process.exitCode = await runTypeScript(at('scripts', 'recipe-schema.ts'), []);
