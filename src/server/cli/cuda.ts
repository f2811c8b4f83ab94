import { availableParallelism } from 'node:os';
import { driverProblem, driverText } from '../cuda/driver';
import { indexOfEnvironment } from '../cuda/index-of-environment';
import { PACKAGES } from '../cuda/packages';
import { missingLibraries, missingPackages } from '../cuda/runtime';
import { type SetUpParts, planCuda, removeCuda, setUpCuda } from '../cuda/set-up';
import { proxyFetch } from '../download/proxy-fetch';
import { nativeFolder } from '../engine/onnx/load-cuda';
import { probeDevice } from '../engine/probe';
import { inWords } from '../runs/disk';
import { cacheFolder } from '../runs/verdict-cache';
import { byteProgress } from './byte-progress';
import { stopSignal } from './stop-signal';

/** What `rowlight doctor --setup cuda` takes. */
export interface SetUpOptions {
  readonly from?: string;
  readonly index?: string;
  readonly withLibraries: boolean;
}

/** `rowlight doctor --setup cuda`: brings what CUDA needs, tries it, and says on standard error what is still missing. Answers the folder. */
export async function setUpCommand({ from, index, withLibraries }: SetUpOptions): Promise<string> {
  const { signal, release } = stopSignal();
  const bar = byteProgress();
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const parts: SetUpParts = {
    table: PACKAGES,
    cache: cacheFolder(),
    native: nativeFolder(),
    platform: `${process.platform}-${process.arch}`,
    index: indexOfEnvironment(index),
    withLibraries,
    fetch: proxyFetch(),
    signal,
    onProgress: ({ done, total, file }) => bar.update({ done, total, what: file }),
    onBroken: (reason) => {
      bar.clear();
      say(`the connection broke (${reason}); going on`);
    },
    ...(from !== undefined && { from }),
  };
  try {
    const { packages, bytes } = await planCuda(parts);
    const driver = driverProblem(driverText());
    if (driver !== undefined) say(`note: ${driver}`);
    const names = packages.map(({ name, version }) => `${name} ${version}`).join(', ');
    if (packages.length > 0) say(`brings ${names}: ${inWords(bytes)} from ${from ?? withoutPassword(parts.index)}`);
    const folder = await setUpCuda(parts);
    bar.clear();
    const missing = missingLibraries(parts.cache, PACKAGES);
    if (missing.length > 0) say(advice(missing));
    else {
      const { works, why } = (await probeDevice('cuda', availableParallelism())).report;
      say(`cuda ${works ? 'works' : 'does not work yet'}: ${why}`);
    }
    return folder;
  } finally {
    bar.clear();
    release();
  }
}

/** `rowlight doctor --remove cuda`: answers what is told of it. */
export async function removeCommand(): Promise<string> {
  const bytes = await removeCuda(cacheFolder());
  return bytes > 0 ? `removed: ${inWords(bytes)} are free again` : 'nothing to remove: CUDA is not set up';
}

/** What is said of NVIDIA's libraries that are nowhere on the machine. */
function advice(missing: readonly string[]): string {
  const bytes = missingPackages(missing, PACKAGES).reduce((sum, { size }) => sum + size, 0);
  return `NVIDIA's ${missing.join(', ')} are not on this machine: --with-libraries fetches them as well (${inWords(bytes)})`;
}

/** An address as it may be shown. */
function withoutPassword(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url?.password) return address;
  url.password = '***';
  return url.href;
}
