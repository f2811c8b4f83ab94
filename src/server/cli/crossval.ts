import { join } from 'node:path';
import { RowlightError } from '../errors';
import { type CrossvalResult, crossValidate, resumeCrossval } from '../runs/crossval/cross-validate';
import { BUILT_IN } from '../recipes/built-in';
import { newRunId } from '../runs/run-folder';
import { FOLDED_SCORES, type FoldedScore, type FoldedScores } from '../training/out-of-fold';
import { type ChildCommand, childWorld } from './child-world';
import { columnSettingsOf, multiLabelOf } from './options';
import { stageOptions } from './recipe';
import type { TrainOptions } from './train';
import { systemClock } from './world';

/** Options of `rowlight crossval`, as the command line names them: those of `train` are every fold's. */
export interface CrossvalOptions extends TrainOptions {
  readonly folds: number;
  readonly stratified: boolean;
  readonly group?: string;
  readonly idColumn?: string;
}

/** `rowlight crossval DATA`: trains once a fold, each in a process of its own, and judges every row by the model that did not see it. */
export async function crossvalCommand(
  data: string | undefined,
  options: CrossvalOptions,
  child: ChildCommand,
): Promise<CrossvalResult> {
  const { resume, group, test, idColumn, recipe } = options;
  const { world, passed, release } = childWorld(child, options.verbose);
  try {
    if (resume !== undefined) return await resumeCrossval(resume, world);
    if (data === undefined) {
      throw new RowlightError(
        'bad-argument',
        'crossval needs a data file: rowlight crossval DATA, or --resume DIR to go on with one',
      );
    }
    // A recipe that is wrong leaves no folder behind.
    const stages = await stageOptions(options, child.command);
    const { positive } = stages.at(-1)!;
    const multiLabel = multiLabelOf(options);
    const folder = options.output ?? join('.rowlight', 'runs', newRunId(systemClock));
    world.log.info(`crossval  ${folder}: ${options.folds} folds`);
    return await crossValidate(
      folder,
      {
        data,
        columns: columnSettingsOf(options),
        ...(multiLabel === undefined ? {} : { multiLabel }),
        folds: options.folds,
        stratified: options.stratified,
        ...(group === undefined ? {} : { group }),
        ...(test === undefined ? {} : { test }),
        ...(idColumn === undefined ? {} : { idColumn }),
        ...(positive === undefined ? {} : { positive }),
        ...(recipe === undefined || BUILT_IN.has(recipe) ? {} : { recipe }),
        seed: options.seed,
        arguments: passed,
      },
      world,
    );
  } finally {
    release();
  }
}

/** The result as a person reads it: scores over all rows at once, and their mean and standard deviation over the folds; the floor beside. */
export function crossvalLines(result: CrossvalResult): string[] {
  const { files } = result;
  return [
    ...(result.stages ?? [result.scores]).flatMap((scores, at, all) => [
      ...(all.length > 1 ? [`stage ${at + 1} of ${all.length}`] : []),
      ...scoreTable(scores, result.floor),
      '',
    ]),
    `${result.rows} rows, ${result.folds} folds, each row judged by the model that did not see it${result.positive === undefined ? '' : `; positive label ${result.positive}`}`,
    'Each fold chose its best checkpoint by the rows that judge it, so the scores flatter a little.',
    ...Object.values(files).map((path) => `written ${path}`),
  ];
}

function scoreTable(scores: FoldedScores, floor: FoldedScores): string[] {
  const number = (value: number | null) => (value === null ? '–' : value.toFixed(4));
  const cells = (score: FoldedScore) => [number(score.all), `${number(score.mean)} ± ${number(score.deviation)}`];
  const line = (name: string, own: readonly string[]) =>
    `${name.padEnd(18)} ${own.map((cell, at) => cell.padStart(at % 2 === 0 ? 12 : 17)).join(' ')}`;
  return [
    line('', ['', 'this model', '', 'naive Bayes']),
    line('', ['all rows', 'folds', 'all rows', 'folds']),
    ...FOLDED_SCORES.flatMap((name) => {
      const [own, other] = [scores[name], floor[name]];
      return own && other ? [line(name, [...cells(own), ...cells(other)])] : [];
    }),
  ];
}
