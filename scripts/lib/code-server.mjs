// Starts code-server, for `npm run editor` and for the workbench tests. Takes the root as an argument because the tests bundle this file.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Far more than it takes: a build machine may be busy. */
const START_LIMIT_MS = 120_000;

/** No gallery, no telemetry, no AI column (it would take a fifth of the window), no Git: only what the tests look at. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  // The samples are Chinese: as on the machine of someone who reads it, full-width punctuation is nothing to be warned of.
  'editor.unicodeHighlight.allowedLocales': { 'zh-hans': true },
};

/** Trust is on and a folder starts without it, but no dialogue stands in the way. */
const RESTRICTED = { 'security.workspace.trust.startupPrompt': 'never' };

/** See code-server.d.mts. */
export async function startCodeServer({
  root,
  home,
  extension,
  neighbours = [],
  restricted = false,
  settings = {},
  machineSettings = {},
  env = {},
}) {
  const programs = installedPrograms(root);
  const folder = (name) => {
    const path = join(home, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const user = folder('user');
  const extensions = folder('extensions');
  const all = { ...SETTINGS, ...(restricted ? RESTRICTED : {}), ...settings };
  writeFileSync(join(folder('user/User'), 'settings.json'), JSON.stringify(all, null, 2));
  writeFileSync(join(folder('user/Machine'), 'settings.json'), JSON.stringify(machineSettings, null, 2));
  // Without a configuration file of its own it writes one, with a password, into the user's home.
  const common = [
    programs.entry,
    '--config',
    join(home, 'config.yaml'),
    '--user-data-dir',
    user,
    '--extensions-dir',
    extensions,
  ];
  const base = serverEnvironment(programs, home, env);
  if (extension?.vsix) install(programs, common, extension.vsix, base);
  if (extension?.folder) link(extension.folder, extensions);
  for (const neighbour of neighbours) link(neighbour, extensions);

  const port = await freePort();
  const log = join(home, 'code-server.log');
  const out = openSync(log, 'a');
  const args = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check'];
  const more = [
    ...(restricted ? [] : ['--disable-workspace-trust']),
    '--disable-getting-started-override',
    '--ignore-last-opened',
    '--disable-proxy',
  ];
  // Detached: a process group of its own, so that stopping takes the extension host and the language server along.
  const child = spawn(programs.node, [...common, ...args, ...more], {
    env: base,
    stdio: ['ignore', out, out],
    detached: true,
  });
  closeSync(out);
  const ended = new Promise((resolve) => child.once('exit', () => resolve(undefined)));
  const stop = () => stopGroup(child);
  process.once('exit', stop);
  await healthy(child, port, log).catch((error) => {
    stop();
    throw error;
  });
  return {
    port,
    home,
    ended,
    log: () => readFileSync(log, 'utf8'),
    url: (workspace, file) => workbenchUrl(port, workspace, file),
    stop: () => {
      process.off('exit', stop);
      stop();
    },
  };
}

/** The two programs that `npm run setup editor` brings. */
function installedPrograms(root) {
  const under = join(root, '.e2e');
  const node = join(under, 'node24', 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  const entry = join(under, 'code-server', 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  return { node, entry };
}

/** Nothing of ours leaks in, nothing is written to the user's home. */
function serverEnvironment(programs, home, env) {
  const xdg = join(home, 'xdg');
  return {
    PATH: `${join(programs.node, '..')}:/usr/bin:/bin`,
    HOME: home,
    LANG: 'C.UTF-8',
    XDG_CONFIG_HOME: xdg,
    XDG_DATA_HOME: xdg,
    XDG_CACHE_HOME: xdg,
    // Else both server and page look up open-vsx.org.
    EXTENSIONS_GALLERY: '{}',
    ...env,
  };
}

function install(programs, common, vsix, env) {
  const result = spawnSync(programs.node, [...common, '--install-extension', vsix], { env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`code-server would not install ${vsix}: ${result.stdout}${result.stderr}`);
}

function link(folder, extensions) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const path = join(extensions, `${publisher}.${name}-${version}`);
  rmSync(path, { force: true, recursive: existsSync(path) });
  symlinkSync(folder, path, 'dir');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function healthy(child, port, log) {
  const end = Date.now() + START_LIMIT_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`code-server did not start. Its log:\n${readFileSync(log, 'utf8')}`);
}

/** Kills the whole group at once: the extension host would otherwise wait for hours for its window to come back. */
function stopGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** `payload` opens the file straight away, about two seconds sooner than Quick Open. */
function workbenchUrl(port, workspace, file) {
  const payload = file
    ? `&payload=${encodeURIComponent(JSON.stringify([['openFile', `vscode-remote://127.0.0.1:${port}${file}`]]))}`
    : '';
  return `http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}${payload}`;
}
