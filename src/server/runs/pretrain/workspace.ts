import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { rethrow } from '../../node-files';
import { keepOutOfGit } from '../list';
import { removeDeleted } from '../manage';

/** Where a workspace's pre-training runs lie. */
export function pretrainingFolder(workspace: string): string {
  return join(workspace, '.rowlight', 'pretraining');
}

/** Makes the folder of a workspace's pre-training runs and returns it; what lies in `.rowlight` stays out of the user's repository. */
export async function preparePretrainingFolder(workspace: string): Promise<string> {
  const folder = pretrainingFolder(workspace);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => rethrow(error, folder));
  await removeDeleted(folder);
  await keepOutOfGit(workspace);
  return folder;
}
