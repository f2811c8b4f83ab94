import { join } from 'node:path';
import type { Engine } from '../engine/engine';
import { selectEngine } from '../engine/select';
import type { EXPORT_DTYPES, EXPORT_FORMATS } from '../../protocol/models';
import { RowlightError } from '../errors';
import { GOOGLE_INPUTS, HUGGING_FACE_INPUTS, exportedClassifier } from '../model/exported';
import { type ModelFile, modelFolderFiles } from '../model/model-folder';
import { constantParameters, disposeParameters } from '../model/parameters';
import { nodeFiles } from '../node-files';
import { type LoadedClassifier, loadClassifier } from '../runs/load-classifier';
import { byteProgress } from './byte-progress';
import { exportReadme } from './export-readme';
import { requireEmpty, writeFolder } from './new-folder';
import { stopSignal } from './stop-signal';
import { modelPath, stderrLog } from './world';

/** Options of `rowlight export`. */
export interface ExportOptions {
  readonly format: (typeof EXPORT_FORMATS)[number];
  readonly dtype: (typeof EXPORT_DTYPES)[number];
  readonly verbose: boolean;
}

/**
 * `rowlight export MODEL FOLDER`: a run's best checkpoint, or any classifier, as a folder that stands on its own, adapters merged. A SavedModel goes
 * into a folder of FOLDER that the time names, as TensorFlow Serving wants it; else FOLDER must be new or empty. The folder is there whole or not
 * at all. Answers where it is.
 */
export async function exportCommand(model: string, folder: string, options: ExportOptions): Promise<string> {
  const { format, dtype, verbose } = options;
  if (dtype !== 'float32' && format !== 'onnx')
    throw new RowlightError('bad-argument', `--dtype ${dtype} goes with --format onnx only`);
  const target = format === 'saved-model' ? await timestamped(folder) : folder;
  await requireEmpty(target, folder);
  const { signal, release } = stopSignal();
  const progress = byteProgress();
  const loaded = await loadClassifier(modelPath(model));
  const files = format === 'hugging-face' ? savedFiles(loaded) : await graphFiles(loaded, format, dtype);
  const readme = new TextEncoder().encode(exportReadme(loaded, format));
  const whole = [...files, { name: 'README.md', parts: [readme] }];
  const total = whole.flatMap(({ parts }) => parts).reduce((sum, { length }) => sum + length, 0);
  try {
    await writeFolder(target, whole, {
      onWritten: (done) => {
        if (signal.aborted) throw new RowlightError('cancelled', `${target}: stopped; nothing was written`);
        progress.update({ done, total, what: 'writing' });
      },
    });
  } finally {
    progress.clear();
    release();
  }
  const adapter = loaded.folder.rowlight?.adapter;
  const merged = adapter === undefined ? '' : `, the adapters merged into ${adapter.name}`;
  stderrLog(verbose).info(`${target}: written${merged}`);
  return target;
}

/** `FOLDER/<seconds>`, the next second where that one is taken. */
async function timestamped(folder: string): Promise<string> {
  let seconds = Math.floor(Date.now() / 1000);
  while (await nodeFiles.exists(join(folder, String(seconds)))) seconds++;
  return join(folder, String(seconds));
}

/** The folder that transformers opens. */
function savedFiles({ folder }: LoadedClassifier): ModelFile[] {
  const rowlight = { ...(folder.rowlight ?? { format: 1 as const }) };
  delete rowlight.adapter;
  return modelFolderFiles({ ...folder, labels: folder.labels!, rowlight });
}

/** A graph of another runtime, with the model's small files beside it: in `assets.extra`, where TensorFlow keeps what is not its own. */
async function graphFiles(
  loaded: LoadedClassifier,
  format: 'onnx' | 'saved-model',
  dtype: ExportOptions['dtype'],
): Promise<ModelFile[]> {
  const small = savedFiles(loaded).filter(({ name }) => !name.endsWith('.safetensors'));
  const engine = await selectEngine();
  if (format === 'onnx')
    return [...small, { name: 'model.onnx', parts: [writeGraph(engine, loaded, `onnx-${dtype}`)] }];
  const graph = { name: 'saved_model.pb', parts: [writeGraph(engine, loaded, 'saved-model')] };
  return [...small.map(({ name, parts }) => ({ name: join('assets.extra', name), parts })), graph];
}

function writeGraph(engine: Engine, { model }: LoadedClassifier, format: Parameters<Engine['write']>[1]): Uint8Array {
  const parameters = constantParameters(model.weights);
  const names = format === 'saved-model' ? GOOGLE_INPUTS : HUGGING_FACE_INPUTS;
  try {
    return engine.write(exportedClassifier(model.config, parameters, model.temperature ?? 1, names), format);
  } finally {
    disposeParameters(parameters);
  }
}
