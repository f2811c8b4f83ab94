// Compiles src/server/training/adamw.wat into adamw-wasm.ts beside it. Run it after changing the former; a test compares the two.
import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';
import { at } from './lib/paths.mjs';

const source = at('src/server/training/adamw.wat');
const module = (await wabt()).parseWat(source, readFileSync(source, 'utf8'), { simd: true });
const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
const lines = base64.match(/.{1,110}/g).map((line) => `  '${line}'`);
writeFileSync(
  at('src/server/training/adamw-wasm.ts'),
  `/** adamw.wat as WebAssembly, in base64. Written by scripts/wasm.mjs. */\nexport const ADAMW_WASM =\n${lines.join(' +\n')};\n`,
);
