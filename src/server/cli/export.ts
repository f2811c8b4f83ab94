import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RowlightError } from '../errors';
import { modelFolderFiles } from '../model/model-folder';
import { writeAtomic } from '../node-files';
import { loadClassifier } from '../runs/load-classifier';
import { modelPath, stderrLog } from './world';

/**
 * `rowlight export MODEL FOLDER`: a run's best checkpoint, or any classifier, as a folder that stands on its own: what transformers opens. Adapters
 * are merged into the weights. The folder must be new or empty.
 */
export async function exportCommand(model: string, folder: string, { verbose }: { verbose: boolean }): Promise<void> {
  const there = await readdir(folder).catch(() => []);
  if (there.length > 0)
    throw new RowlightError('bad-argument', `${folder}: holds files already; give a new or an empty folder`);
  const { folder: found } = await loadClassifier(modelPath(model));
  const { adapter, ...rowlight } = found.rowlight ?? { format: 1 as const };
  const files = modelFolderFiles({ ...found, labels: found.labels!, rowlight });
  // The weights last: a folder is a model once it has them.
  const isWeights = ({ name }: { name: string }) => Number(name.endsWith('.safetensors'));
  for (const { name, parts } of files.toSorted((a, b) => isWeights(a) - isWeights(b)))
    await writeAtomic(join(folder, name), parts);
  const merged = adapter === undefined ? '' : `, the adapters merged into ${adapter.name}`;
  stderrLog(verbose).info(`${folder}: written${merged}`);
}
