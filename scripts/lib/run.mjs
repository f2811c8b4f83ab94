// Child processes without a shell, so that nothing needs quoting and Windows behaves like the others.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * Runs a program with our own standard streams and waits for its end.
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 127 where it could not start, 128 where a signal ended it
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', ...options });
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 128));
  });
}

/** Runs a script under the Node that runs us. @param {string[]} args @param {import('node:child_process').SpawnOptions} [options] */
export const runNode = (args, options) => run(process.execPath, args, options);

/**
 * Runs npm by its JavaScript file: `npm` itself is a `.cmd` on Windows, which only a shell can start.
 * @param {string[]} args
 * @param {{ cwd: string, node?: string }} options `node` is the Node that npm runs on, and its children find first on the path
 */
export function runNpm(args, { cwd, node = process.execPath }) {
  const env = { ...process.env };
  // Windows calls it `Path`; a second spelling beside it would win or lose by chance.
  const path = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  env[path] = `${dirname(node)}${delimiter}${env[path] ?? ''}`;
  // Set by `npm run` for the outer project; the inner npm would act on that folder instead of `cwd`.
  delete env.npm_config_local_prefix;
  delete env.npm_config_prefix;
  const cli = npmCli();
  return cli ? run(node, [cli, ...args], { cwd, env }) : run('npm', args, { cwd, env });
}

function npmCli() {
  const beside = dirname(process.execPath);
  const places = [
    process.env.npm_execpath ?? '',
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  return places.find((path) => path.endsWith('npm-cli.js') && existsSync(path));
}

/** The first of these programs found on the path, as an absolute path. @param {string[]} names */
export function findProgram(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const name of names) {
    for (const folder of folders) {
      for (const ending of endings) {
        const path = join(folder, name + ending);
        if (existsSync(path)) return path;
      }
    }
  }
  return undefined;
}
