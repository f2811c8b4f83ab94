// Builds everything, tests included, and again after each change in src/, test/ or media/. For the editor's build task; Ctrl+C ends it.
import { existsSync, watch } from 'node:fs';
import { at, root } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { requireDependencies } from './setup.mjs';

await requireDependencies();

let running = false;
let again = false;

/** One build at a time; a change during a build asks for one more. The two lines are what .vscode/tasks.json waits for. */
async function build() {
  again = running;
  if (running) return;
  running = true;
  console.log('[watch] building');
  await runNode([at('esbuild.mjs'), '--tests'], { cwd: root });
  console.log('[watch] waiting for changes');
  running = false;
  if (again) await build();
}

const folders = ['src', 'test', 'media'].map((name) => at(name)).filter(existsSync);
for (const folder of folders) watch(folder, { recursive: true }, () => void build());
await build();
