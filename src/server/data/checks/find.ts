import type { FileColumns } from '../file-columns';
import { cellValue, hasOpenQuote } from '../scanner';
import { calledLabel, damageOfRow, type CheckedText } from './check-row';
import { type MultiLabel, splitLabels } from '../multi-label';
import { contradicts } from './contradiction';
import { findDuplicates, twinsOf, type Duplicates } from './duplicates';
import type { Basis, Finding, FindingCode, Gravity } from './finding';
import { FindingList, type Found } from './finding-list';
import { judgeLabels, type LabelIssue } from './labels';
import { raggedness } from './ragged';
import { Flag, NONE, type RowFacts } from './row-facts';

/** What the findings of a file are made from, besides its text. */
export interface FindOptions {
  readonly columns: FileColumns;
  /** The labels that a list declares, by name; undefined where there is no list. */
  readonly declared?: readonly string[];
  /** The labels of the models that predicted the rows. */
  readonly known: ReadonlySet<string>;
  /** What the model's prediction about this row is worth. */
  readonly basisOf: (row: number) => Basis;
  /** Most findings. */
  readonly limit: number;
  /** Duplicates of the same texts, where they are known already. */
  readonly duplicates?: Duplicates;
}

/** The findings of a file, and its duplicates for the next time. */
export interface FindResult extends Found {
  readonly duplicates: Duplicates;
}

/** Collects the findings of a file whose rows were all looked at (`checkRow`). Yields now and then; no row may change meanwhile. */
export function* findProblems(source: CheckedText, facts: RowFacts, options: FindOptions): Generator<void, FindResult> {
  const { columns, declared, limit } = options;
  const list = new FindingList(limit);
  const labels = yield* countFacts(facts);
  const counts = new Map([...labels].map(([id, count]) => [facts.labelOf(id) ?? '', count]));
  const issues = yield* issuesOf(counts, columns, declared);
  const issueOf = new Map(
    [...labels.keys()].flatMap((id) => {
      const issue = issues.get(facts.labelOf(id) ?? '');
      return issue ? [[id, issue] as const] : [];
    }),
  );
  const { text, index } = source;
  if (hasOpenQuote(text, index)) {
    const row = index.rowCount - 1;
    list.push({ code: 'open-quote', row, cell: index.cellCount(row) - 1 });
  }
  for (let row = columns.headerless ? 0 : 1; row < facts.length; row++) {
    if (row % 1024 === 0) yield;
    const flags = facts.flags[row] ?? 0;
    const label = facts.labels[row] ?? NONE;
    if ((flags & ~(Flag.data | Flag.measured | Flag.outOfFold)) !== 0) addOwn(list, source, columns, row, flags);
    const issue = label === NONE ? undefined : issueOf.get(label);
    if (issue) addIssue(list, columns, row, calledLabel(facts.labelOf(label) ?? '', columns.labelNames), issue);
    if ((facts.predicted[row] ?? NONE) >= 0 && label !== NONE) addContradiction(list, facts, row, options);
  }
  const duplicates = options.duplicates ?? (yield* findDuplicates(facts));
  for (const group of duplicates.values()) {
    yield;
    for (const {
      row,
      twin: { kind, twin },
    } of twinsOf(group, facts)) {
      const code: FindingCode = kind === 'conflict' ? 'conflicting-labels' : 'duplicate-text';
      const gravity: Gravity = kind === 'conflict' ? 'warning' : 'information';
      const said = (at: number): string =>
        calledLabel(facts.labelOf(facts.labels[at] ?? NONE) ?? '', columns.labelNames);
      list.add(code, gravity, () => ({ code, row, twin, label: said(row), other: said(twin) }));
    }
  }
  return { ...list.found(), duplicates };
}

function* countFacts(facts: RowFacts): Generator<void, Map<number, number>> {
  const counts = new Map<number, number>();
  for (let row = 0; row < facts.length; row++) {
    if (row % 4096 === 0) yield;
    const label = facts.labels[row] ?? NONE;
    // The header was never looked at.
    if (label !== NONE && !facts.is(row, Flag.stale)) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

/** Issues by label as it is written. Names for integer labels stand for the integers. */
function* issuesOf(
  counts: ReadonlyMap<string, number>,
  { labelNames, delimiter }: FileColumns,
  declared: readonly string[] | undefined,
): Generator<void, Map<string, LabelIssue>> {
  const list = declared ?? labelNames?.names;
  if (delimiter !== undefined) return yield* issuesOfSets(counts, { delimiter }, list);
  if (!labelNames) return yield* judgeLabels(counts, list);
  const named = new Map<string, number>();
  for (const [label, count] of counts) {
    const name = calledLabel(label, labelNames);
    named.set(name, (named.get(name) ?? 0) + count);
  }
  const issues = yield* judgeLabels(named, list);
  return new Map(
    [...counts.keys()].flatMap((label) => {
      const issue = issues.get(calledLabel(label, labelNames));
      return issue ? [[label, issue] as const] : [];
    }),
  );
}

/** Issues of cells with several labels: each label is judged by itself, and what was meant is the cell with it mended. */
function* issuesOfSets(
  counts: ReadonlyMap<string, number>,
  multiLabel: Pick<MultiLabel, 'delimiter'>,
  list: readonly string[] | undefined,
): Generator<void, Map<string, LabelIssue>> {
  const single = new Map<string, number>();
  for (const [cell, count] of counts)
    for (const label of splitLabels(cell, multiLabel)) single.set(label, (single.get(label) ?? 0) + count);
  const issues = yield* judgeLabels(single, list);
  return new Map(
    [...counts.keys()].flatMap((cell) => {
      const own = splitLabels(cell, multiLabel);
      const wrong = own.flatMap((label) => issues.get(label) ?? []);
      const first = wrong[0];
      if (first === undefined) return [];
      const mended = wrong.every(({ meant }) => meant !== undefined);
      const meant = own.map((label) => issues.get(label)?.meant ?? label).join(multiLabel.delimiter);
      return [[cell, mended ? { ...first, meant } : {}] as const];
    }),
  );
}

function addOwn(list: FindingList, source: CheckedText, columns: FileColumns, row: number, flags: number): void {
  const { text, index } = source;
  if (flags & Flag.ragged) {
    const [cells, width] = [index.cellCount(row), columns.names.length];
    const lost = raggedness(cells, width, Math.max(columns.text, columns.textB ?? 0)) === 'lost';
    list.add('ragged-row', lost ? 'error' : 'warning', () => ({ code: 'ragged-row', row, cells, width, lost }));
  }
  if (flags & Flag.emptyText) {
    const first = cellValue(text, index, row, columns.text).trim() === '';
    list.add('empty-text', 'warning', () => ({
      code: 'empty-text',
      row,
      cell: first ? columns.text : (columns.textB ?? columns.text),
    }));
  }
  if (flags & Flag.damaged) {
    list.add('damaged-text', 'warning', () => {
      const { cell, damage } = damageOfRow(source, row) ?? { cell: 0, damage: { kind: 'replaced', start: 0, end: 0 } };
      return { code: 'damaged-text', row, cell, damage };
    });
  }
  if (flags & Flag.blanks && columns.label !== undefined) {
    const cell = columns.label;
    list.add('label-blanks', 'information', () => ({
      code: 'label-blanks',
      row,
      cell,
      label: cellValue(text, index, row, cell).trim(),
    }));
  }
  if (flags & Flag.cut)
    list.add('truncated-text', 'information', () => ({ code: 'truncated-text', row, cell: columns.text }));
}

function addIssue(list: FindingList, columns: FileColumns, row: number, label: string, { meant }: LabelIssue): void {
  const cell = columns.label ?? 0;
  const finding: Finding =
    meant === undefined ? { code: 'unknown-label', row, cell, label } : { code: 'near-label', row, cell, label, meant };
  list.push(finding);
}

function addContradiction(list: FindingList, facts: RowFacts, row: number, options: FindOptions): void {
  const { columns, known, basisOf } = options;
  const label = calledLabel(facts.labelOf(facts.labels[row] ?? NONE) ?? '', columns.labelNames);
  const predicted = facts.labelOf(facts.predicted[row] ?? NONE) ?? '';
  const probability = facts.probability[row] ?? 0;
  if (!contradicts(label, predicted, probability, known, columns.delimiter)) return;
  const basis = facts.is(row, Flag.outOfFold) ? 'out-of-fold' : basisOf(row);
  const cell = columns.label ?? 0;
  list.push({ code: 'contradicted-label', row, cell, label, predicted, probability, basis });
}
