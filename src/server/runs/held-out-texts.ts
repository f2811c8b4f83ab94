import type { TextInput } from '../inference/prediction';
import { datasetRows, findHeldOut } from './held-out-rows';
import { readHeldOutFile } from './judge-run';
import { readPredictions } from './predictions';
import { heldOutPath } from './run-data';
import { readRun } from './run-folder';

/** The texts of a run's held-out rows, at most `most`, in the order of its predictions; undefined for a row that is no longer in its file. */
export async function heldOutTexts(folder: string, most: number): Promise<(TextInput | undefined)[]> {
  const record = await readRun(folder);
  const file = await readHeldOutFile(await heldOutPath(folder, record), record);
  const found = await findHeldOut((await readPredictions(folder)).slice(0, most), datasetRows(file.dataset));
  return found.map((row) => row && { text: row.text, ...(row.textB === undefined ? {} : { textB: row.textB }) });
}
