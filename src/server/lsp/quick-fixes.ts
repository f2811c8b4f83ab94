import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type Connection,
  type Diagnostic,
  type ServerCapabilities,
  type TextDocumentEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { REOPEN_WITH_ENCODING } from '../../protocol/commands';
import type { CellEdit } from '../data/cell-edit';
import { NONE } from '../data/checks/row-facts';
import { calledLabel } from '../data/checks/check-row';
import { LABEL_SET_FILE } from '../data/label-set';
import { appendLabel } from '../data/label-set-edit';
import type { Files, Log } from '../env';
import type { CheckedFile, CheckedFiles } from './diagnostics';
import { SOURCE, type FixData } from './diagnostics-wire';
import {
  certainEdits,
  labelRow,
  padRow,
  removeRows,
  repairRow,
  repeatedRows,
  rowsLabelled,
  rowsWithBlanks,
  shortRows,
  trimLabel,
  twinRows,
} from './fix-edits';
import { handler } from './handler';
import type { OpenText } from './open-texts';
import { quickFixTexts } from './quick-fix-text';
import { pathOf } from './workspace';

/** The kind of the one action that fixes everything certain; `source.fixAll` asks for it. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.rowlight`;

/** Most other labels of the same text that are offered. */
const MOST_TWINS = 3;

interface Fix {
  readonly title: string;
  readonly edits: readonly CellEdit[];
  readonly preferred?: boolean;
}

/** What quick fixes are made from. */
export interface QuickFixParts {
  readonly checked: CheckedFiles;
  readonly files: Files;
  readonly openText: OpenText;
  readonly log: Log;
  readonly locale: string;
}

/** Quick fixes of diagnostics, where they are safe, and `source.fixAll` for those that are certain. Every edit is of one version and one undo step. */
export function registerQuickFixes(
  connection: Connection,
  { checked, files, openText, log, locale }: QuickFixParts,
): ServerCapabilities {
  const texts = quickFixTexts(locale);

  connection.onCodeAction(
    handler<CodeActionParams, CodeAction[]>(
      log,
      'quick fixes',
      [],
      async ({ textDocument: { uri }, context }, { signal }) => {
        const own = context.diagnostics.filter(({ source }) => source === SOURCE);
        const wants = (kind: string): boolean =>
          context.only?.some((only) => kind === only || kind.startsWith(`${only}.`)) ?? false;
        const reopen = own.flatMap((diagnostic) => reopenAction(uri, diagnostic));
        if (own.length === reopen.length && !wants(FIX_ALL)) return reopen;
        const file = await checked.of(uri, signal);
        if (!file) return reopen;
        if (wants(FIX_ALL)) {
          const edits = certainEdits(file);
          if (edits.length === 0) return [];
          return [{ title: texts.fixAll(), kind: FIX_ALL, edit: { documentChanges: [documentEdit(file, edits)] } }];
        }
        if (context.only && !wants(CodeActionKind.QuickFix)) return [];
        const actions = await Promise.all(own.map((diagnostic) => actionsOf(file, diagnostic)));
        return [...reopen, ...actions.flat()];
      },
    ),
  );

  async function actionsOf(file: CheckedFile, diagnostic: Diagnostic): Promise<CodeAction[]> {
    const { index, lines } = file.document;
    const row = index?.rowAt(lines.offsetAt(diagnostic.range.start)) ?? -1;
    if (row < 0) return [];
    const data = (diagnostic.data ?? {}) as FixData;
    const fixes = fixesOf(file, String(diagnostic.code), row, data).filter(({ edits }) => edits.length > 0);
    const actions = fixes.map(({ title, edits, preferred }): CodeAction => ({
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      ...(preferred ? { isPreferred: true } : {}),
      edit: { documentChanges: [documentEdit(file, edits)] },
    }));
    const declares =
      /^(unknown|near)-label$/.test(String(diagnostic.code)) && file.declared && labelOf(file, row) === data.label;
    return declares ? [...actions, ...(await addAction(file, diagnostic, data.label ?? ''))] : actions;
  }

  function fixesOf(file: CheckedFile, code: string, row: number, { label, better }: FixData): Fix[] {
    const lineOf = (at: number): number =>
      file.document.lines.positionAt(file.document.index?.rowStart(at) ?? 0).line + 1;
    const same = label !== undefined && labelOf(file, row) === label;
    switch (code) {
      case 'near-label': {
        if (!same || better === undefined) return [];
        const alike = rowsLabelled(file, label);
        const all = {
          title: texts.changeAll(alike.length, label, better),
          edits: alike.flatMap((at) => labelRow(file, at, better)),
        };
        return [
          { title: texts.change(better), edits: labelRow(file, row, better), preferred: true },
          ...(alike.length > 1 ? [all] : []),
        ];
      }
      case 'contradicted-label':
        return same && better !== undefined
          ? [{ title: texts.change(better), edits: labelRow(file, row, better) }]
          : [];
      case 'label-blanks': {
        const alike = rowsWithBlanks(file);
        const all = { title: texts.trimAll(alike.length), edits: alike.flatMap((at) => trimLabel(file, at)) };
        return [
          { title: texts.trim(), edits: trimLabel(file, row), preferred: true },
          ...(alike.length > 1 ? [all] : []),
        ];
      }
      case 'ragged-row': {
        const alike = shortRows(file);
        if (!alike.includes(row)) return [];
        const all = { title: texts.padAll(alike.length), edits: alike.flatMap((at) => padRow(file, at)) };
        return [{ title: texts.pad(), edits: padRow(file, row), preferred: true }, ...(alike.length > 1 ? [all] : [])];
      }
      case 'damaged-text': {
        const repair = repairRow(file, row);
        return repair ? [{ title: texts.repair(repair.says), edits: repair.edits, preferred: true }] : [];
      }
      case 'conflicting-labels':
      case 'duplicate-text':
        return [...twinLabels(file, row, lineOf), ...removals(file, row, lineOf)];
      default:
        return [];
    }
  }

  /** The labels that the same text has elsewhere, each once. */
  function twinLabels(file: CheckedFile, row: number, lineOf: (row: number) => number): Fix[] {
    const own = labelOf(file, row);
    const others = new Map<string, number>();
    for (const twin of twinRows(file, row)) {
      const label = labelOf(file, twin);
      if (label !== undefined && label !== own && !others.has(label)) others.set(label, twin);
    }
    return [...others]
      .slice(0, MOST_TWINS)
      .map(([label, twin]) => ({ title: texts.changeAs(label, lineOf(twin)), edits: labelRow(file, row, label) }));
  }

  function removals(file: CheckedFile, row: number, lineOf: (row: number) => number): Fix[] {
    const repeated = repeatedRows(file);
    const twin = repeated.get(row);
    if (twin === undefined) return [];
    const all = { title: texts.removeAll(repeated.size), edits: removeRows(file, [...repeated.keys()]) };
    return [
      { title: texts.removeRow(lineOf(twin)), edits: removeRows(file, [row]), preferred: true },
      ...(repeated.size > 1 ? [all] : []),
    ];
  }

  async function addAction({ document }: CheckedFile, diagnostic: Diagnostic, label: string): Promise<CodeAction[]> {
    const own = pathOf(document.uri);
    if (own === undefined) return [];
    const path = join(dirname(own), LABEL_SET_FILE);
    const uri = pathToFileURL(path).href;
    // The edit goes into the document where it is open, which may not be saved.
    const content = (await openText(uri)) ?? new TextDecoder().decode(await files.read(path));
    const insertion = appendLabel(content, label);
    if (!insertion) return [];
    const at = TextDocument.create(uri, 'json', 0, content).positionAt(insertion.offset);
    const change = {
      textDocument: { uri, version: null },
      edits: [{ range: { start: at, end: at }, newText: insertion.text }],
    };
    return [
      {
        title: texts.add(label),
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        edit: { documentChanges: [change] },
      },
    ];
  }

  function reopenAction(uri: string, diagnostic: Diagnostic): CodeAction[] {
    const { encoding } = (diagnostic.data ?? {}) as FixData;
    if (diagnostic.code !== 'wrong-encoding' || encoding === undefined) return [];
    const title = texts.reopen(encoding);
    const command = { title, command: REOPEN_WITH_ENCODING, arguments: [uri, encoding] };
    return [{ title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], isPreferred: true, command }];
  }

  return { codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] } };
}

/** The label of a row by name; undefined where it has none. */
function labelOf({ checks: { facts }, columns }: CheckedFile, row: number): string | undefined {
  const label = facts.labelOf(facts.labels[row] ?? NONE);
  return label === undefined ? undefined : calledLabel(label, columns.labelNames);
}

function documentEdit(
  { document: { uri, version, lines } }: CheckedFile,
  edits: readonly CellEdit[],
): TextDocumentEdit {
  return {
    textDocument: { uri, version },
    edits: edits.map(({ start, end, text }) => ({
      range: { start: lines.positionAt(start), end: lines.positionAt(end) },
      newText: text,
    })),
  };
}
