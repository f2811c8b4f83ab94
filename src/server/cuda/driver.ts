import { readFileSync } from 'node:fs';
import { OLDEST_DRIVER } from './packages';

/** What the kernel's part of NVIDIA's driver says of itself; undefined where there is none. */
export function driverText(): string | undefined {
  try {
    return readFileSync('/proc/driver/nvidia/version', 'utf8');
  } catch {
    return undefined;
  }
}

/** Why CUDA will not work with this driver, in one line; undefined where it should. @param text see {@link driverText} */
export function driverProblem(text: string | undefined): string | undefined {
  const needed = `CUDA 13 needs version ${OLDEST_DRIVER} or newer`;
  if (text === undefined) return `no NVIDIA driver is loaded on this machine; ${needed}`;
  const [, version, major] = /Kernel Module\s+(?:for\s+\S+\s+)?((\d+)\.[\d.]+)/.exec(text) ?? [];
  if (version === undefined || Number(major) >= OLDEST_DRIVER) return undefined;
  return `NVIDIA's driver is version ${version}; ${needed}`;
}
