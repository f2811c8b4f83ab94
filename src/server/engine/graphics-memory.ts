import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import { promisify } from 'node:util';

/**
 * Bytes of memory of the card behind a driver, where the system tells: NVIDIA's own tool, the kernel's files of AMD's driver, or all memory where processor and
 * card share it. Of several cards the one with the most.
 * @param drivers names, as `driversAmong` gives them
 */
export async function graphicsMemory(drivers: readonly string[]): Promise<number | undefined> {
  if (drivers.some((name) => name.startsWith('NVIDIA'))) return nvidiaMemory();
  if (drivers.includes('Apple')) return totalmem();
  return drivers.includes('AMD') && process.platform === 'linux' ? amdMemory() : undefined;
}

async function nvidiaMemory(): Promise<number | undefined> {
  const query = ['--query-gpu=memory.total', '--format=csv,noheader,nounits'];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 10_000, windowsHide: true });
    return largest(stdout.split('\n').map((line) => Number(line) * 2 ** 20));
  } catch {
    return undefined;
  }
}

function amdMemory(): number | undefined {
  try {
    const cards = readdirSync('/sys/class/drm').filter((name) => /^card\d+$/.test(name));
    return largest(cards.map((card) => Number(readTotal(`/sys/class/drm/${card}/device/mem_info_vram_total`))));
  } catch {
    return undefined;
  }
}

function readTotal(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '0';
  }
}

function largest(sizes: readonly number[]): number | undefined {
  const found = Math.max(0, ...sizes.filter(Number.isFinite));
  return found > 0 ? found : undefined;
}
