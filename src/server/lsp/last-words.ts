import { join } from 'node:path';
import { TRAINER_LOG, lastLine } from '../host/trainer';
import { nodeFiles } from '../node-files';

/** What a trainer said last in its log, in one line, or how it ended where it said nothing. */
export async function lastWords(folder: string, code: number): Promise<string> {
  const text = await nodeFiles.read(join(folder, TRAINER_LOG)).catch(() => new Uint8Array());
  return lastLine(new TextDecoder().decode(text)) || `The process ended with code ${code}.`;
}

/** The exit code of a process that was asked to stop. */
export const CANCELLED = 130;
