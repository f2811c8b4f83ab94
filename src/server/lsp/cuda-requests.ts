import type { Connection } from 'vscode-languageserver';
import { CUDA_TRANSFER, PlanCuda, RemoveCuda, SetUpCuda } from '../../protocol/cuda';
import { driverProblem, driverText } from '../cuda/driver';
import { indexOfEnvironment } from '../cuda/index-of-environment';
import { PACKAGES, providerPackage } from '../cuda/packages';
import { cudaFolder, missingLibraries } from '../cuda/runtime';
import { type SetUpParts, planCuda, removeCuda, setUpCuda } from '../cuda/set-up';
import { proxyFetch } from '../download/proxy-fetch';
import { nativeFolder } from '../engine/onnx/load-cuda';
import type { Log } from '../env';
import { nodeFiles } from '../node-files';
import { cacheFolder } from '../runs/verdict-cache';
import type { Configuration } from './configuration';
import { transferred } from './transfers';
import { answer } from './wire';

/** CUDA in the user's cache: planned, brought when the user asks, removed. `onChanged` is called after either, so that models are loaded anew. */
export function registerCudaRequests(
  connection: Connection,
  configuration: Configuration,
  onChanged: () => void,
  log: Log,
): void {
  /** What is the same for every request. */
  const parts = async (proxy: string, signal: AbortSignal): Promise<SetUpParts> => {
    const told = transferred(connection, CUDA_TRANSFER, 'download');
    return {
      table: PACKAGES,
      cache: cacheFolder(),
      native: nativeFolder(),
      platform: `${process.platform}-${process.arch}`,
      index: indexOfEnvironment((await configuration.get()).packageIndex),
      withLibraries: false,
      fetch: proxyFetch(proxy),
      signal,
      onProgress: ({ done, total }) => told(done, total),
      onBroken: (reason) => log.warn('the connection broke; going on', { reason }),
    };
  };

  answer(connection, log, PlanCuda, async (_, { signal }) => {
    const { packages, missing, missingBytes } = await planCuda(await parts('', signal));
    const driver = driverProblem(driverText());
    return {
      provider: packages.length === 0,
      providerBytes: packages.length === 0 ? 0 : providerPackage(PACKAGES).size,
      missing,
      missingBytes,
      removable: await nodeFiles.exists(cudaFolder()),
      ...(driver !== undefined && { driver }),
    };
  });

  answer(connection, log, SetUpCuda, async ({ withLibraries, from, proxy }, { signal }) => {
    const folder = await setUpCuda({
      ...(await parts(proxy, signal)),
      withLibraries,
      ...(from !== undefined && { from }),
    });
    log.info('CUDA is set up', { folder });
    onChanged();
    return { folder, missing: missingLibraries(cacheFolder(), PACKAGES) };
  });

  answer(connection, log, RemoveCuda, async () => {
    const bytes = await removeCuda(cacheFolder());
    log.info('CUDA is removed', { bytes });
    onChanged();
    return { bytes };
  });
}
