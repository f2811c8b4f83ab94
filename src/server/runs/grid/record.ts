import { join } from 'node:path';
import { z } from 'zod';
import { RowlightError } from '../../errors';
import { nodeFiles } from '../../node-files';
import { parseJson } from '../../parse-json';
import { sourceSchema } from '../run-folder';
import { METRICS } from '../../training/advice';

/*
 * grid.json            what was asked for; written first, never changed
 * run-1/ …             an ordinary run folder a point of the grid, in the order of `gridPoints`
 * grid.tsv             the table of all runs; written last
 * .lock-…, cancel      as in a run folder
 */

/** Name of the file that makes a folder a grid. */
export const GRID_FILE = 'grid.json';

const schema = z.object({
  format: z.literal(1),
  id: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** Version of Rowlight. */
  rowlight: z.string(),
  data: sourceSchema,
  /** The file of the runs' recipe. */
  recipe: sourceSchema.optional(),
  /** What `rowlight train` is given for every run, as on the command line. */
  arguments: z.array(z.string()),
  /** Options of `train` by name without dashes, and the values each takes. */
  vary: z.array(z.object({ name: z.string(), values: z.array(z.string()).min(1) })).min(1),
  /** What the table is sorted by. */
  metric: z.enum(METRICS),
});

/** What `grid.json` says. */
export type GridRecord = z.infer<typeof schema>;

/** An option of `train` and the values that it takes in turn. */
export type Variation = GridRecord['vary'][number];

/** Writes the record of a new grid; rejects with reason `bad-argument` where the folder has one already. */
export async function createGrid(folder: string, record: Omit<GridRecord, 'format'>): Promise<GridRecord> {
  const file = join(folder, GRID_FILE);
  if (await nodeFiles.exists(file)) {
    throw new RowlightError(
      'bad-argument',
      `${folder}: holds a grid already; give another folder, or go on with --resume ${folder}`,
    );
  }
  const whole: GridRecord = { format: 1, ...record };
  await nodeFiles.writeAtomic(file, `${JSON.stringify(whole, undefined, 2)}\n`);
  return whole;
}

/** Reads it. Rejects with reason `not-found` where the folder is no grid, `bad-data` where the file is broken. */
export async function readGrid(folder: string): Promise<GridRecord> {
  const file = join(folder, GRID_FILE);
  if (!(await nodeFiles.exists(file)))
    throw new RowlightError('not-found', `${folder}: is no grid (it has no ${GRID_FILE}); give the folder of one`);
  return parseJson(await nodeFiles.read(file), schema, file, 'bad-data');
}

/** A value for each varied option, by its name. */
export type GridPoint = ReadonlyMap<string, string>;

/** The product of the variations: every value of each with every value of the others, the last varying fastest. */
export function gridPoints(vary: readonly Variation[]): GridPoint[] {
  return vary.reduce<GridPoint[]>(
    (points, { name, values }) => points.flatMap((point) => values.map((value) => new Map([...point, [name, value]]))),
    [new Map()],
  );
}
