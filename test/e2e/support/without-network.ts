import { spawn, spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { endWithTests } from '../../support/children';

/** How to get a network namespace of one's own: as root, or as anyone where the kernel lets them. */
const WAYS = [['--net'], ['--net', '--map-root-user']];

/**
 * For the `skip` option of a test that runs without any network: the way for `util-linux`'s `unshare` to a network namespace whose only link
 * is the loopback, or the reason why there is none here.
 */
export function isolation(): { readonly way: readonly string[] } | { readonly missing: string } {
  if (process.platform !== 'linux') return { missing: 'network namespaces are Linux' };
  for (const way of WAYS) {
    if (spawnSync('unshare', [...way, 'sh', '-c', UP]).status === 0) return { way };
  }
  return {
    missing:
      'no network namespace may be made here; it wants unshare (util-linux), ip (iproute2) and the right to use them',
  };
}

/** Brings the loopback up: a new namespace has it down. */
const UP = 'ip link set lo up';

/**
 * Runs Node with `args` in a network namespace without any link to the outside, and answers its exit code and what it wrote. The children of
 * that process, a browser among them, are in the same namespace.
 */
export function runWithoutNetwork(
  way: readonly string[],
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number; readonly output: string }> {
  const script = `${UP} && exec "$0" "$@"`;
  const command = [...way, 'sh', '-c', script, process.execPath, ...args];
  // Waited for without blocking: the runner's signal to end, where it takes too long, must be heard.
  const child = endWithTests(spawn('unshare', command, { stdio: ['ignore', 'pipe', 'inherit'], env }));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Names of the network interfaces that have an address and are not the loopback. */
export const links = (): string[] =>
  Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    addresses?.some(({ internal }) => !internal) ? [name] : [],
  );
