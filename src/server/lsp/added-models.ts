import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Connection } from 'vscode-languageserver';
import { z } from 'zod';
import { modelName } from '../../protocol/hub';
import { isUnnamed, namesProblem } from '../../protocol/label-names';
import {
  AddModel,
  type AddedModel,
  ExportModel,
  InspectSource,
  ListKnownModels,
  NameLabels,
} from '../../protocol/models';
import { defaultCache } from '../download/hub-cache';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { Trainer } from '../host/trainer';
import { knownModels, modelsHome } from '../import/models-home';
import { openSource } from '../import/source-folder';
import { isClassifier, parseConfig } from '../model/config';
import { nodeFiles } from '../node-files';
import { parseJson } from '../parse-json';
import { transferred } from './transfers';
import { answer } from './wire';

/** What the requests about added models work on. */
export interface AddedModelParts {
  readonly trainer: Pick<Trainer, 'command'>;
  /** Called when what a model says changed: files that it predicts are decided anew. */
  readonly onNamed: () => void;
  readonly log: Log;
}

/** Models that come from files of the user's, and go to files of the user's. The work is done by the command line in a process of its own. */
export function registerAddedModels(connection: Connection, { trainer, onNamed, log }: AddedModelParts): void {
  answer(connection, log, InspectSource, async ({ source }) => {
    const opened = await openSource(source);
    await opened.close();
    const has = (...names: string[]) => names.some((name) => opened.names.includes(name));
    const whole = has('bert_config.json', 'config.json') && has('vocab.txt', 'tokenizer.json');
    // Another folder has what TensorFlow's trainer leaves out; torch's writes it.
    return { needsBase: !whole && opened.names.some((name) => name.endsWith('.index')) };
  });

  answer(connection, log, AddModel, async ({ source, base }, { signal }) => {
    const beside = base === undefined ? [] : await besideOf(base);
    const added = await importModel(trainer, [source, ...beside], signal, transferred(connection, source, 'import'));
    log.info('model added', added);
    return added;
  });

  answer(connection, log, NameLabels, async ({ folder, labels }) => {
    // Only what Rowlight wrote is written anew: a folder of the user's, or a file that the hub's cache shares, stays as it is.
    if (dirname(folder) !== modelsHome())
      throw new RowlightError('bad-argument', `${folder}: is none of the added models; add it first`);
    const file = join(folder, 'config.json');
    const content = await nodeFiles.read(file);
    const count = parseConfig(content, file).labels?.length ?? 0;
    const problem = namesProblem(labels, count);
    if (problem)
      throw new RowlightError('bad-argument', `${basename(folder)}: has ${count} labels; give each a name of its own`);
    const json = parseJson(content, z.record(z.string(), z.unknown()), file);
    const named = {
      ...json,
      id2label: { ...labels },
      label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    };
    await nodeFiles.writeAtomic(file, `${JSON.stringify(named, undefined, 2)}\n`);
    onNamed();
    return null;
  });

  answer(connection, log, ListKnownModels, () => knownModels(defaultCache()));

  answer(connection, log, ExportModel, async ({ model, parent, format, dtype }, { signal }) => {
    const kind = format === 'onnx' ? `onnx-${dtype}` : format;
    // A SavedModel goes into a folder of this one, which may have earlier ones.
    const target = await unusedFolder(
      join(parent, `${modelName(model).replace('/', '--')}-${kind}`),
      format === 'saved-model',
    );
    const args = ['export', model, target, '--format', format, '--dtype', dtype, '--json'];
    const printed = await trainer.command(args, signal, transferred(connection, model, 'export'));
    return parseJson(new TextEncoder().encode(printed), z.object({ folder: z.string() }), 'rowlight export');
  });
}

const importedSchema = z.object({ folder: z.string(), labels: z.number(), unnamed: z.boolean() });

/** Imports by the command line in a process of its own. @param what the arguments of `rowlight import` */
export async function importModel(
  trainer: Pick<Trainer, 'command'>,
  what: readonly string[],
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<AddedModel> {
  const printed = await trainer.command(['import', ...what, '--json'], signal, onProgress);
  const imported = parseJson(new TextEncoder().encode(printed), importedSchema, 'rowlight import');
  return { ...imported, name: modelName(imported.folder) };
}

/** What is told of a model that is here already. */
export async function addedModel(folder: string): Promise<AddedModel> {
  const config = parseConfig(await readFile(join(folder, 'config.json')), join(folder, 'config.json'));
  const labels = isClassifier(config) ? (config.labels ?? []) : [];
  return { folder, name: modelName(folder), labels: labels.length, unnamed: isUnnamed(labels) };
}

/** The arguments that name the configuration and the vocabulary in a folder. */
async function besideOf(base: string): Promise<string[]> {
  const names = await nodeFiles.list(base);
  const config = ['bert_config.json', 'config.json'].find((name) => names.includes(name));
  if (config === undefined || !names.includes('vocab.txt'))
    throw new RowlightError(
      'not-found',
      `${base}: has no bert_config.json and vocab.txt; give the folder of the base model`,
    );
  return ['--config', join(base, config), '--vocab', join(base, 'vocab.txt')];
}

async function unusedFolder(wanted: string, shared: boolean): Promise<string> {
  for (let n = 1; ; n++) {
    const folder = n === 1 ? wanted : `${wanted}-${n}`;
    if (shared || !(await nodeFiles.exists(folder))) return folder;
  }
}
