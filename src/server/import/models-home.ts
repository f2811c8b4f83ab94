import { readFile, readdir } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { basename, join } from 'node:path';
import { modelName } from '../../protocol/hub';
import { isUnnamed } from '../../protocol/label-names';
import { cachedSnapshot, downloadedModels, isBase } from '../download/hub-cache';
import { isClassifier, parseConfig } from '../model/config';
import { nodeFiles } from '../node-files';

/*
 * Models that the user added, one a folder, for all workspaces:
 *
 *   rbt3                 one that was added by hand
 *   hfl--rbt3@1a2b3c4    what was made of a commit of the hub that is no model as it is
 */

/** Where added models lie: what `ROWLIGHT_MODELS` says, else the user's folder for data of programs. */
export function modelsHome(): string {
  const told = process.env['ROWLIGHT_MODELS'];
  if (told) return told;
  if (platform() === 'win32') return join(process.env['LOCALAPPDATA'] ?? homedir(), 'rowlight', 'models');
  if (platform() === 'darwin') return join(homedir(), 'Library', 'Application Support', 'rowlight', 'models');
  return join(process.env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'rowlight', 'models');
}

/** A folder among the added models that is not taken yet. @param name what the model is to be called; what no file may be called is replaced */
export async function freePlace(name: string): Promise<string> {
  const clean = name.replace(/[^\p{L}\p{N}_.-]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '') || 'model';
  for (let n = 1; ; n++) {
    const folder = join(modelsHome(), n === 1 ? clean : `${clean}-${n}`);
    if (!(await nodeFiles.exists(folder))) return folder;
  }
}

/** Where a commit of the hub is imported to. @param snapshot its folder in the hub's cache */
export function importedPlace(snapshot: string): string {
  return join(modelsHome(), `${modelName(snapshot).replace('/', '--')}@${basename(snapshot).slice(0, 7)}`);
}

/** Whether a downloaded folder is a model only once it was imported: its weights are in another form, or its classifier's labels have no names. */
export async function needsImport(folder: string): Promise<boolean> {
  return !(await isBase(folder)) || (await unnamedLabels(folder)) > 0;
}

/** How many labels of a model's classifier have no names; 0 where it has none, or they have. */
export async function unnamedLabels(folder: string): Promise<number> {
  try {
    const config = parseConfig(await readFile(join(folder, 'config.json')), join(folder, 'config.json'));
    return isClassifier(config) && isUnnamed(config.labels ?? ['LABEL_0', 'LABEL_1'])
      ? (config.labels?.length ?? 2)
      : 0;
  } catch {
    // Who loads it says what is wrong with it.
    return 0;
  }
}

/** A model that is here for all workspaces. */
export interface KnownModel {
  readonly name: string;
  readonly folder: string;
  /** Downloaded from the hub, or added by hand. */
  readonly from: 'hub' | 'added';
}

/** The models of the hub's cache that can be used, as they are or as they were imported, then those that were added. */
export async function knownModels(cache: string): Promise<KnownModel[]> {
  const added = (await readdir(modelsHome()).catch((): string[] => [])).filter((name) => !name.startsWith('.')).sort();
  const known: KnownModel[] = [];
  for (const name of await hubNames(cache)) {
    const snapshot = await cachedSnapshot(cache, name, 'main');
    if (snapshot === undefined) continue;
    const imported = importedPlace(snapshot);
    if (added.includes(basename(imported))) known.push({ name, folder: imported, from: 'hub' });
  }
  for (const { name, folder } of await downloadedModels(cache))
    if (!known.some((one) => one.name === name)) known.push({ name, folder, from: 'hub' });
  known.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const name of added)
    if (!name.includes('@') && (await isBase(join(modelsHome(), name))))
      known.push({ name, folder: join(modelsHome(), name), from: 'added' });
  return known;
}

async function hubNames(cache: string): Promise<string[]> {
  const entries = await readdir(cache).catch((): string[] => []);
  return entries
    .filter((entry) => entry.startsWith('models--'))
    .map((entry) => entry.slice('models--'.length).replace('--', '/'));
}
