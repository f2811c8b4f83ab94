import { join } from 'node:path';
import { RowlightError } from '../../errors';
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

/**
 * Rejects with reason `bad-argument` where a run was broken off while its texts were read: then nothing says yet what it was asked for in full, and
 * the same command is as quick, since what was read is kept in the cache of corpora.
 */
export async function requireBegun(folder: string): Promise<void> {
  if ((await markerOf(folder)) !== READING_FILE) return;
  throw new RowlightError(
    'bad-argument',
    `${folder}: broken off while its texts were read, before there was anything to go on from; start it anew: what was read is kept`,
  );
}
