import { join } from 'node:path';
import type { Engine } from '../engine/engine';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { createPredictor } from '../inference/predictor';
import { nodeFiles } from '../node-files';
import { loadClassifier } from '../runs/load-classifier';
import { readDataFile } from '../runs/read-data';
import { readRun } from '../runs/run-folder';
import { modelColumns } from './evaluate';
import type { EvaluationResult } from './report';

/*
 * What run_classifier.py leaves in its output folder, for the scripts of those who come from there:
 *
 * eval_results.txt    `name = value`, sorted by name
 * test_results.tsv    a probability a label, in the order of the model's labels, a line for each row of `--test`
 */

/** Writes both into a run folder that has come to its end; the second where the run was given a file to answer. */
export async function writeOriginalFiles(
  run: string,
  result: EvaluationResult,
  engine: Engine,
  log: Log,
): Promise<void> {
  await nodeFiles.writeAtomic(join(run, 'eval_results.txt'), evalResults(result));
  const { test } = (await readRun(run)).arguments;
  if (typeof test !== 'string') return;
  await nodeFiles.writeAtomic(join(run, 'test_results.tsv'), await testResults(run, test, engine, log));
  log.info(`answers to ${test}: ${join(run, 'test_results.tsv')}`);
}

function evalResults({ eval_accuracy, eval_loss, global_step, loss }: EvaluationResult): string {
  const lines = Object.entries({ eval_accuracy, eval_loss, global_step, loss });
  return lines.map(([name, value]) => `${name} = ${String(value)}\n`).join('');
}

async function testResults(run: string, path: string, engine: Engine, log: Log): Promise<string> {
  const loaded = await loadClassifier(run);
  const { dataset } = await readDataFile(path, log, modelColumns(loaded));
  const { text, textB } = dataset.columns;
  if (text === undefined)
    throw new RowlightError('bad-data', `${path}: no text column was found, so --test has no rows`);
  // Every row has its line, also one without a text: whoever reads the file counts lines.
  const inputs = dataset.rows.map((cells) => ({
    text: cells[text.index] ?? '',
    ...(textB === undefined ? {} : { textB: cells[textB.index] ?? '' }),
  }));
  const predictor = await createPredictor(engine, loaded.model);
  try {
    const predictions = await predictor.predict(inputs);
    return predictions.map(({ probabilities }) => `${probabilities.join('\t')}\n`).join('');
  } finally {
    await predictor.dispose();
  }
}
