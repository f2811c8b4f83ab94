import type { ColumnSettings } from '../../data/columns';
import { findColumn } from '../../data/columns';
import type { Example } from '../../data/example';
import { type MultiLabel, splitLabels } from '../../data/multi-label';
import type { Clock, Log } from '../../env';
import { RowlightError } from '../../errors';
import { dealFolds, mostFolds } from '../../training/folds';
import { type DataFile, readDataFile } from '../read-data';
import { multiLabelRecord, newRunId } from '../run-folder';
import { sourceOf } from '../source';
import { requireLabels } from '../training-data';
import { readTestFile } from './fold';
import { type CrossvalRecord, createCrossval } from './record';
import { idColumnOf } from './submission';

/** A cross-validation to begin. */
export interface CrossvalRequest {
  /** Path of the data file. */
  readonly data: string;
  readonly columns: ColumnSettings;
  /** How rows hold several labels; absent where they have one. */
  readonly multiLabel?: MultiLabel;
  readonly folds: number;
  readonly stratified: boolean;
  /** Column whose equal values share a fold, by name or number. */
  readonly group?: string;
  readonly test?: string;
  readonly idColumn?: string;
  readonly positive?: string;
  /** The file of the folds' recipe, which must stay as it is. */
  readonly recipe?: string;
  readonly seed: number;
  /** What `rowlight train` is given for each fold. */
  readonly arguments: readonly string[];
}

/** Deals the labelled rows of the data out to folds and writes the record; the folder is there and the caller holds its lock. */
export async function beginCrossval(
  folder: string,
  request: CrossvalRequest,
  { clock, log, version }: { readonly clock: Clock; readonly log: Log; readonly version: string },
): Promise<CrossvalRecord> {
  const { multiLabel } = request;
  const several = multiLabel === undefined ? {} : { multiLabel };
  const data = await readDataFile(request.data, log, { columns: request.columns, ...several });
  const labels = requireLabels(data);
  const { columns, examples } = data.dataset;
  const labelled = examples.filter(({ label }) => label !== undefined);
  const group = request.group === undefined ? undefined : groupColumn(data, request.group);
  const groupOf = group && ((at: number) => data.dataset.rows[labelled[at]!.row]![group.index]?.trim() ?? '');
  requireEnough(data, labelled, request.folds, groupOf);
  const own = labelled.map(({ label }) => (multiLabel ? splitLabels(label!, multiLabel) : [label!]));
  const labelsOf = (at: number) => own[at]!;
  const dealt = dealFolds(labelled, { ...request, labelsOf, ...(groupOf ? { groupOf } : {}) });
  requireLearnable(data, own, dealt, request, log);
  const positive = positiveLabel(request, labels, log);
  const record = {
    id: newRunId(clock),
    createdAt: new Date(clock.now()).toISOString(),
    rowlight: version,
    arguments: [...request.arguments],
    data: { path: data.path, sha256: data.sha256 },
    ...(request.test === undefined ? {} : { test: await sourceOf(request.test) }),
    ...(request.recipe === undefined ? {} : { recipe: await sourceOf(request.recipe) }),
    ...(request.idColumn === undefined ? {} : { idColumn: request.idColumn }),
    columns: {
      text: columns.text!.name,
      ...(columns.textB === undefined ? {} : { textB: columns.textB.name }),
      label: columns.label!.name,
    },
    headerless: !columns.header,
    labels: [...labels],
    ...(multiLabel === undefined ? {} : { multiLabel: multiLabelRecord(multiLabel) }),
    ...(positive === undefined ? {} : { positive }),
    stratified: request.stratified,
    ...(group === undefined ? {} : { group: group.name }),
    seed: request.seed,
    heldOut: Array.from({ length: request.folds }, (_, fold) =>
      labelled.flatMap(({ row }, at) => (dealt[at] === fold ? [row] : [])),
    ),
  };
  // Before hours of training, not after.
  if (record.test) idColumnOf((await readTestFile(record, log)).dataset, record.idColumn);
  return createCrossval(folder, record);
}

function groupColumn({ path, dataset }: DataFile, name: string): { readonly index: number; readonly name: string } {
  const { names } = dataset.columns;
  const index = findColumn(name, names);
  if (index !== undefined) return { index, name: names[index]! };
  throw new RowlightError(
    'bad-argument',
    `${path}: there is no column "${name}" to group by; the columns are: ${names.join(', ')}`,
  );
}

function requireEnough(
  { path }: DataFile,
  labelled: readonly Example[],
  folds: number,
  groupOf?: (at: number) => string,
): void {
  const most = mostFolds(labelled, groupOf);
  if (most >= folds) return;
  const what = groupOf ? 'groups of rows that share a text or a group' : 'different texts';
  throw new RowlightError(
    'bad-data',
    `${path}: its labelled rows have ${most} ${what}, fewer than ${folds} folds; give at most --folds ${most}, or label more rows`,
  );
}

/**
 * Throws where a fold leaves fewer than two labels to learn (of several a row: none); warns of labels that no other fold has.
 * @param own the labels of each row
 */
function requireLearnable(
  { path }: DataFile,
  own: readonly (readonly string[])[],
  dealt: Int32Array,
  { folds, multiLabel }: CrossvalRequest,
  log: Log,
): void {
  const foldsOf = new Map<string, Set<number>>();
  own.forEach((labels, at) => {
    for (const label of labels) foldsOf.set(label, (foldsOf.get(label) ?? new Set<number>()).add(dealt[at]!));
  });
  const single = [...foldsOf].filter(([, own]) => own.size === 1);
  for (let fold = 0; fold < folds; fold++) {
    if (!dealt.includes(fold)) throw new RowlightError('bad-data', `${path}: a group is so large that fold ${fold + 1} has no row; give fewer --folds`); // prettier-ignore
    const left = [...foldsOf].filter(([, own]) => own.size > 1 || !own.has(fold)).length;
    if (left >= (multiLabel ? 1 : 2)) continue;
    throw new RowlightError(
      'bad-data',
      `${path}: all rows of a label fall into fold ${fold + 1}, so that its model would know ${multiLabel ? 'none' : 'one label only'}; try --stratified or fewer --folds`,
    );
  }
  for (const [label, [fold]] of single.slice(0, 5)) {
    log.warn(
      `${path}: all rows of "${label}" fall into fold ${fold! + 1} (one text, or one group), so they are judged by a model that never saw the label`,
    );
  }
}

/**
 * The label whose probability counts: the one asked for, else of two the second, which is 1 where the other is 0. Of several labels a row
 * none unless it is asked for.
 */
function positiveLabel(
  { positive, multiLabel }: CrossvalRequest,
  labels: readonly string[],
  log: Log,
): string | undefined {
  if (positive !== undefined && !labels.includes(positive)) {
    throw new RowlightError(
      'bad-argument',
      `--positive ${positive}: no row has this label; the labels are: ${labels.slice(0, 12).join(', ')}`,
    );
  }
  if (multiLabel) return positive;
  if (labels.length !== 2 || positive !== undefined) return labels.length === 2 ? positive : undefined;
  log.info(`positive  ${labels[1]!} (the second label; name another with --positive)`);
  return labels[1];
}
