import { join } from 'node:path';
import { InvalidArgumentError, type Option } from 'commander';
import { RowlightError } from '../errors';
import { BUILT_IN } from '../recipes/built-in';
import { type GridResult, makeGrid, resumeGrid } from '../runs/grid/make-grid';
import { type Variation, gridPoints } from '../runs/grid/record';
import { gridTable } from '../runs/grid/table';
import { newRunId } from '../runs/run-folder';
import { type ChildCommand, childWorld } from './child-world';
import { stageOptions } from './recipe';
import type { TrainOptions } from './train';
import { systemClock } from './world';

/** Options of `rowlight grid`, as the command line names them: those of `train` are every run's. */
export interface GridOptions extends TrainOptions {
  readonly vary: readonly Variation[];
}

/** Options that may not vary: a grid's runs differ in what they compute, and are judged by the same rows and labels. */
const FIXED = [
  ...['--text-column', '--text-b-column', '--label-column', '--task', '--label-delimiter', '--label-columns', '--dev'],
  ...['--threads', '--engine', '--device', '--device-memory', '--json', '--verbose'],
];

/** `rowlight grid DATA --vary NAME=VALUE,…`: trains once for every combination of values, each in a process of its own. */
export async function gridCommand(
  data: string | undefined,
  options: GridOptions,
  child: ChildCommand,
): Promise<GridResult> {
  const { world, passed, release } = childWorld(child, options.verbose);
  try {
    if (options.resume !== undefined) return await resumeGrid(options.resume, world);
    if (data === undefined || options.vary.length === 0) {
      throw new RowlightError(
        'bad-argument',
        'grid needs a data file and what to vary: rowlight grid DATA --vary learning-rate=1e-4,3e-4, or --resume DIR to go on with one',
      );
    }
    requireVariable(options.vary, child.training);
    const { recipe } = options;
    // A recipe that is wrong leaves no folder behind.
    const { metric } = (await stageOptions(options, child.command)).at(-1)!;
    const folder = options.output ?? join('.rowlight', 'runs', newRunId(systemClock));
    world.log.info(`grid      ${folder}: ${gridPoints(options.vary).length} runs`);
    const ofFile = recipe !== undefined && !BUILT_IN.has(recipe) ? { recipe } : {};
    const request = { data, vary: [...options.vary], metric, arguments: passed, ...ofFile };
    return await makeGrid(folder, request, world);
  } finally {
    release();
  }
}

/** Parses `learning-rate=1e-4,3e-4`, for commander. */
export function variation(text: string, before: readonly Variation[]): Variation[] {
  const [, name, values] = /^(?:--)?([a-z][a-z-]*)=(.+)$/.exec(text) ?? [];
  if (name === undefined || values === undefined)
    throw new InvalidArgumentError('It must be NAME=VALUE,VALUE,…, such as learning-rate=1e-4,3e-4.');
  if (before.some((other) => other.name === name)) throw new InvalidArgumentError(`${name} is varied already.`);
  return [...before, { name, values: [...new Set(values.split(',').map((value) => value.trim()))] }];
}

/** Throws with reason `bad-argument` where something is no option of `train`, or a value none that it takes: now, not after hours. */
function requireVariable(vary: readonly Variation[], training: readonly Option[]): void {
  const options = training.filter(({ long, required }) => required && !FIXED.includes(long ?? ''));
  for (const { name, values } of vary) {
    const option = options.find(({ long }) => long === `--${name}`);
    if (option === undefined) {
      const names = options.map(({ long }) => long?.slice(2)).join(', ');
      throw new RowlightError('bad-argument', `--vary ${name}: cannot be varied; these can: ${names}`);
    }
    for (const value of values) {
      try {
        option.parseArg?.(value, undefined);
      } catch (error) {
        throw new RowlightError('bad-argument', `--vary ${name}=${value}: ${(error as Error).message}`);
      }
    }
  }
}

/** The table as it stands in `grid.tsv`, as lines. */
export function gridLines({ varied, runs }: GridResult): string[] {
  return gridTable(varied, runs).trimEnd().split('\n');
}

/** What `--json` prints. */
export function gridJson({ folder, metric, runs }: GridResult): object {
  return {
    grid: folder,
    metric,
    runs: runs.map(({ run, point, scores, steps }) => ({
      run,
      arguments: Object.fromEntries(point),
      macro_f1: scores.macroF1,
      loss: scores.loss,
      accuracy: scores.accuracy,
      steps,
    })),
  };
}
