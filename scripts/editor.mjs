// `npm run editor`: the workbench on the sample data. Your own VS Code where `code` is on the path, else code-server in the browser.
//
//   node scripts/editor.mjs [--browser] [FOLDER]     FOLDER instead of samples/police-desk; --browser even where `code` is there
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startCodeServer } from './lib/code-server.mjs';
import { at, cacheFolder, root } from './lib/paths.mjs';
import { findProgram, runNode } from './lib/run.mjs';
import { bold, red, say } from './lib/say.mjs';
import { requireDependencies, setup } from './setup.mjs';

process.exitCode = await main();

async function main() {
  const { values, positionals } = parseArgs({ options: { browser: { type: 'boolean' } }, allowPositionals: true });
  await requireDependencies();
  const built = await runNode([at('esbuild.mjs')], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built !== 0) return built;
  const folder = positionals[0] ? resolve(positionals[0]) : at('samples', 'police-desk');
  const code = values.browser ? undefined : findProgram(['code']);
  return code ? openVsCode(code, folder) : openBrowser(folder);
}

/** `code` is a script (`code.cmd` on Windows) that starts VS Code and ends at once. */
function openVsCode(code, folder) {
  say(`Opening VS Code with Rowlight on ${folder}`);
  const args = [`--extensionDevelopmentPath=${root}`, folder];
  const windows = process.platform === 'win32';
  const quoted = windows ? args.map((argument) => `"${argument}"`) : args;
  const child = spawn(windows ? `"${code}"` : code, quoted, { stdio: 'inherit', shell: windows });
  return new Promise((done) => {
    child.on('error', () => done(1));
    child.on('exit', (status) => done(status ?? 1));
  });
}

async function openBrowser(folder) {
  const level = await setup('editor');
  if (!level.ready) {
    say(red(`No VS Code ("code") on the path, and ${level.reason}. Brings it: ${level.command}`));
    return 1;
  }
  const server = await startCodeServer({
    root,
    home: join(cacheFolder, 'editor'),
    extension: { folder: root },
  });
  say(
    `VS Code runs in the browser, for this machine only and without a password. Open:\n\n  ${bold(server.url(folder, join(folder, 'train.tsv')))}\n`,
  );
  say('Ctrl+C ends it.');
  return new Promise((done) => {
    const stop = () => {
      server.stop();
      done(0);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    process.once('SIGHUP', stop);
    server.ended.then(() => {
      say(red(`code-server ended by itself. Its log is in ${join(cacheFolder, 'editor')}`));
      done(1);
    });
  });
}
