import type { Connection } from 'vscode-languageserver';
import { DownloadModel, DownloadingModel, ListDownloaded } from '../../protocol/hub';
import { downloadModel } from '../download/download-model';
import { downloadedModels, isBase } from '../download/hub-cache';
import { hubOfEnvironment } from '../download/hub-of-environment';
import type { Log } from '../env';
import type { Configuration } from './configuration';
import { answer, notify } from './wire';

/** Milliseconds between two reports of a download's progress. */
const REPORT_EVERY = 200;

/** Models from the Hugging Face hub: brought when the user asks, listed from its cache. */
export function registerHubRequests(connection: Connection, configuration: Configuration, log: Log): void {
  answer(connection, log, DownloadModel, async ({ name, proxy }, { signal }) => {
    const { hubEndpoint } = await configuration.get();
    let told = 0;
    const folder = await downloadModel(name, 'main', {
      ...hubOfEnvironment({ endpoint: hubEndpoint, proxy }),
      signal,
      onProgress: ({ done, total }) => {
        if (done < total && Date.now() - told < REPORT_EVERY) return;
        told = Date.now();
        notify(connection, DownloadingModel, { name, done, total });
      },
      onBroken: (reason) => log.warn('the connection broke; going on', { name, reason }),
    });
    log.info('model downloaded', { name, folder });
    return { folder, usable: await isBase(folder) };
  });

  answer(connection, log, ListDownloaded, () => downloadedModels(hubOfEnvironment().cache));
}
