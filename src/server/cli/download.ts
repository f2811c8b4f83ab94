import { downloadModel } from '../download/download-model';
import { hubOfEnvironment } from '../download/hub-of-environment';
import { importedPlace, needsImport } from '../import/models-home';
import { nodeFiles } from '../node-files';
import { byteProgress } from './byte-progress';
import { importCommand } from './import';
import { stopSignal } from './stop-signal';

/** What `rowlight download` takes. */
export interface DownloadOptions {
  readonly revision: string;
  readonly offline: boolean;
}

/**
 * `rowlight download NAME`: answers a folder that every command takes as a model. That is the one in the hub's cache, or, where its weights are in
 * another form or its labels have no names, what was imported of it beside the models that the user added; the download stays as it is.
 */
export async function downloadCommand(name: string, { revision, offline }: DownloadOptions): Promise<string> {
  const snapshot = await downloaded(name, { revision, offline });
  if (!(await needsImport(snapshot))) return snapshot;
  const place = importedPlace(snapshot);
  if (!(await nodeFiles.exists(place)))
    await importCommand(snapshot, place, { tokenizer: 'wordpiece', heads: false, verbose: false });
  return place;
}

async function downloaded(name: string, { revision, offline }: DownloadOptions): Promise<string> {
  const { signal, release } = stopSignal();
  const hub = hubOfEnvironment();
  const progress = byteProgress();
  try {
    return await downloadModel(name, revision, {
      ...hub,
      offline: offline || hub.offline,
      signal,
      onProgress: ({ done, total, file }) => progress.update({ done, total, what: file }),
      onBroken: (reason) => {
        progress.clear();
        process.stderr.write(`${name}: the connection broke (${reason}); going on\n`);
      },
    });
  } finally {
    progress.clear();
    release();
  }
}
