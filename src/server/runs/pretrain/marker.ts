import { join } from 'node:path';
import { nodeFiles } from '../../node-files';
import { READING_FILE } from './reading';
import { PRETRAINING_FILE } from './record';

/** The file that makes a folder one of a pre-training run, also of one that was broken off while its corpus was read. */
export async function markerOf(folder: string): Promise<string> {
  const reading = !(await nodeFiles.exists(join(folder, PRETRAINING_FILE)));
  return reading && (await nodeFiles.exists(join(folder, READING_FILE))) ? READING_FILE : PRETRAINING_FILE;
}

/** Whether a folder is one of a pre-training run. */
export async function isPretrainingFolder(folder: string): Promise<boolean> {
  return nodeFiles.exists(join(folder, await markerOf(folder)));
}
