import type { Files } from '../env';

/** Name of the file that makes a folder a run in several stages (`runs/stages-record.ts`). */
export const STAGES_FILE = 'stages.json';

/** Folder of a stage that is not the last, from 1: the last stage's folder is the run's own. */
export function stageFolder(run: string, number: number): string {
  return `${run}/stage-${number}`;
}

/** The number of the last stage whose folder has a file of that name; undefined where none has. */
export async function lastStageWith(files: Files, run: string, name: string): Promise<number | undefined> {
  const numbers = (await files.list(run)).flatMap((entry) => Number(/^stage-([1-9]\d?)$/.exec(entry)?.[1] ?? []));
  for (const number of numbers.filter((one) => one > 0).sort((a, b) => b - a))
    if (await files.exists(`${stageFolder(run, number)}/${name}`)) return number;
  return undefined;
}
