// Compiles each .wat file of src/server/training into a -wasm.ts file beside it. Run it after changing one; a test compares the two.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import wabt from 'wabt';
import { at } from './lib/paths.mjs';

const folder = at('src/server/training');
const compiler = await wabt();
for (const file of readdirSync(folder).filter((name) => name.endsWith('.wat'))) {
  const name = basename(file, '.wat');
  const module = compiler.parseWat(file, readFileSync(join(folder, file), 'utf8'), { simd: true });
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
  const lines = base64.match(/.{1,110}/g).map((line) => `  '${line}'`);
  writeFileSync(
    join(folder, `${name}-wasm.ts`),
    `/** ${file} as WebAssembly, in base64. Written by scripts/wasm.mjs. */\nexport const ${name.toUpperCase()}_WASM =\n${lines.join(' +\n')};\n`,
  );
}
