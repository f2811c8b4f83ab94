import type { Connection } from 'vscode-languageserver';
import { DownloadModel } from '../../protocol/hub';
import { downloadModel } from '../download/download-model';
import { hubOfEnvironment } from '../download/hub-of-environment';
import type { Log } from '../env';
import type { Trainer } from '../host/trainer';
import { importedPlace, needsImport } from '../import/models-home';
import { nodeFiles } from '../node-files';
import { addedModel, importModel } from './added-models';
import type { Configuration } from './configuration';
import { transferred } from './transfers';
import { answer } from './wire';

/** Models from the Hugging Face hub, brought when the user asks. */
export function registerHubRequests(
  connection: Connection,
  configuration: Configuration,
  trainer: Pick<Trainer, 'command'>,
  log: Log,
): void {
  answer(connection, log, DownloadModel, async ({ name, proxy }, { signal }) => {
    const { hubEndpoint } = await configuration.get();
    const tell = transferred(connection, name, 'download');
    const snapshot = await downloadModel(name, 'main', {
      ...hubOfEnvironment({ endpoint: hubEndpoint, proxy }),
      signal,
      onProgress: ({ done, total }) => tell(done, total),
      onBroken: (reason) => log.warn('the connection broke; going on', { name, reason }),
    });
    log.info('model downloaded', { name, folder: snapshot });
    if (!(await needsImport(snapshot))) return addedModel(snapshot);
    const place = importedPlace(snapshot);
    if (await nodeFiles.exists(place)) return addedModel(place);
    return importModel(trainer, [snapshot, place], signal, transferred(connection, name, 'import'));
  });
}
