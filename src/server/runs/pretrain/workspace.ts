import { join } from 'node:path';
import { prepareRunsFolder } from '../list';

/** Where a workspace's pre-training runs lie. */
export function pretrainingFolder(workspace: string): string {
  return join(workspace, '.rowlight', 'pretraining');
}

/** Makes the folder of a workspace's pre-training runs and returns it; what lies in `.rowlight` stays out of the user's repository. */
export function preparePretrainingFolder(workspace: string): Promise<string> {
  return prepareRunsFolder(workspace, pretrainingFolder(workspace));
}
