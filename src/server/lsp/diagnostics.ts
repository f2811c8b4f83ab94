import {
  DocumentDiagnosticReportKind,
  type Connection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type ServerCapabilities,
  type WorkspaceClientCapabilities,
} from 'vscode-languageserver';
import type { FileColumns } from '../data/file-columns';
import { LABEL_SET_FILE } from '../data/label-set';
import type { Found } from '../data/checks/finding-list';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { runBackgroundChecks, type Judges } from './background-checks';
import type { DataDocument, Documents } from './documents';
import { diagnosticTexts } from './diagnostics-text';
import { moreItem, wholeFileItems } from './diagnostics-whole-file';
import { toDiagnostic } from './diagnostics-wire';
import { FileChecks } from './file-checks';
import type { ServerEnv } from './environment';
import { createFileEncodings, type FileEncoding } from './file-encodings';
import type { FilePredictions } from './file-predictions';
import type { FileState, FileStates, ModelFile } from './file-states';
import { rowView } from './file-view';
import { handler } from './handler';
import type { LabelSets } from './label-set-of-file';
import { watchLabelSets } from './label-set-watch';
import { createLengthLimits, type LengthLimit } from './length-limits';
import { createOutOfFold, type OutOfFold } from './out-of-fold';
import { createSeenRows } from './seen-rows';
import { inSlices } from './slices';
import type { Trust } from './trust';
import type { Workspace } from './workspace';

/** Most diagnostics of a file: VS Code shows no more. */
export const MOST_DIAGNOSTICS = 1000;

/** Rows from which on a pull after an edit waits, and milliseconds that it waits. */
const [LARGE, PAUSE] = [50_000, 300];

/** What diagnostics are made from. */
export interface DiagnosticParts {
  readonly documents: Documents;
  readonly files: FileStates;
  readonly predictions: FilePredictions;
  readonly labelSets: LabelSets;
  readonly env: Pick<ServerEnv, 'files' | 'stamp'>;
  readonly workspace: Workspace;
  readonly trust: Pick<Trust, 'granted'>;
  /** What the client can do. */
  readonly client: WorkspaceClientCapabilities | undefined;
  readonly onReady: (listener: () => void) => void;
  /** Asks the client to pull again. */
  readonly refresh: () => void;
  readonly log: Log;
  /** The client's language. */
  readonly locale: string;
}

/** What is known of an open document, and what was answered last. */
interface Entry {
  readonly checks: FileChecks;
  /** The checks by the model that are under way. */
  background?: { readonly judges: string; readonly version: number; readonly stop: AbortController };
  /** What the last answer was made of, and the answer. */
  last?: { readonly basis: string; readonly id: string; readonly content: string };
}

/** The checks of open documents, for whoever else wants them. */
export interface CheckedFiles {
  /** What the checks know of an open document, brought up to date; undefined for others and for files whose columns can't be told. */
  of(uri: string, signal: AbortSignal): Promise<CheckedFile | undefined>;
}

/** A document whose rows were all looked at. */
export interface CheckedFile {
  readonly document: DataDocument;
  readonly state: FileState;
  readonly columns: FileColumns;
  readonly checks: FileChecks;
  /** What a cross-validation says of its rows. */
  readonly outOfFold: OutOfFold | undefined;
  /** The labels of `labels.json`; undefined where there is none. */
  readonly declared: readonly string[] | undefined;
}

/**
 * Diagnostics by pull: `textDocument/diagnostic` is answered from what is known of each row, after a look at the rows that changed; an answer
 * equal to the client's last one is `unchanged`. What takes a model is found out in the background and brought by a refresh.
 */
export function registerDiagnostics(
  connection: Connection,
  parts: DiagnosticParts,
): { capabilities: ServerCapabilities; checked: CheckedFiles } {
  const { documents, files, predictions, labelSets, env, refresh, log } = parts;
  const encodings = createFileEncodings(connection, documents, env, log);
  const limitOf = createLengthLimits(env.files, log);
  const judgeOf = createSeenRows(env.files, log);
  const outOfFoldOf = createOutOfFold(parts);
  const dynamic = parts.client?.didChangeWatchedFiles?.dynamicRegistration ?? false;
  watchLabelSets(connection, { dynamic, onReady: parts.onReady }, refresh);
  const texts = diagnosticTexts(parts.locale);
  // Weak: a request may come back to a document that was closed meanwhile.
  const entries = new WeakMap<DataDocument, Entry>();
  let answers = 0;

  documents.onEvent((event) => {
    const { document } = event;
    const entry = entries.get(document);
    if (event.kind === 'changed') entry?.checks.edited(event.rows);
    if (event.kind !== 'closed') return;
    entry?.background?.stop.abort();
    entries.delete(document);
  });

  function entryOf(document: DataDocument): Entry {
    let entry = entries.get(document);
    if (!entry) entries.set(document, (entry = { checks: new FileChecks(document) }));
    return entry;
  }

  async function check(uri: string, signal: AbortSignal): Promise<CheckedFile | undefined> {
    const document = documents.get(uri);
    const state = await files.get(uri);
    if (!document?.index || !state?.columns) return undefined;
    const { checks } = entryOf(document);
    const declared = await labelSets.declared(uri);
    const outOfFold = await outOfFoldOf(uri, state.columns);
    checks.fit(state.columns, judgesKey({ columns: state.columns, model: modelOf(state), outOfFold }));
    await checks.freshen(state.columns, signal);
    return { document, state, columns: state.columns, checks, outOfFold, declared };
  }

  connection.languages.diagnostics.on(
    handler<{ textDocument: { uri: string }; previousResultId?: string }, DocumentDiagnosticReport>(
      log,
      'diagnostics',
      { kind: DocumentDiagnosticReportKind.Full, items: [] },
      async ({ textDocument: { uri }, previousResultId }, { signal }) => {
        const document = documents.get(uri);
        const state = await files.get(uri);
        if (!document || !state?.settings.diagnostics.enabled)
          return { kind: DocumentDiagnosticReportKind.Full, items: [] };
        const entry = entryOf(document);
        // While somebody types in a large file, hints go first: the next key cancels this pull before it began.
        if (entry.last && (document.index?.rowCount ?? 0) > LARGE) await pause(PAUSE, signal);
        const encoding = await encodings.of(document);
        const declared = await labelSets.declared(uri);
        const badLabels = await labelSets.problem(uri);
        const outOfFold = state.columns && (await outOfFoldOf(uri, state.columns))?.id;
        const model = modelOf(state)?.model.id ?? '';
        const { version } = document;
        const { news } = entry.checks;
        const basis = JSON.stringify([version, news, model, outOfFold, state.columns, declared, badLabels, encoding]);
        if (entry.last?.basis !== basis) {
          const items = await itemsOf(document, encoding, badLabels, signal);
          if (document.version !== version) throw new RowlightError('cancelled', 'The document changed.');
          const content = JSON.stringify(items);
          const id = content === entry.last?.content ? entry.last.id : String(++answers);
          entry.last = { basis, id, content };
        }
        const { id, content } = entry.last;
        if (id === previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: id };
        return { kind: DocumentDiagnosticReportKind.Full, resultId: id, items: JSON.parse(content) as Diagnostic[] };
      },
    ),
  );

  async function itemsOf(
    document: DataDocument,
    encoding: FileEncoding | undefined,
    badLabels: string | undefined,
    signal: AbortSignal,
  ): Promise<Diagnostic[]> {
    const ofFile = wholeFileItems(document, texts, encoding, badLabels);
    // Of a text read in the wrong encoding nothing else is worth saying.
    const file = encoding?.misread ? undefined : await check(document.uri, signal);
    if (!file) return ofFile;
    const { state, columns, checks, outOfFold } = file;
    const predicted = modelOf(state);
    const limit = predicted && (await limitOf(predicted.card));
    const judge = predicted && (await judgeOf(predicted.card, document.uri));
    await checks.freshen(columns, signal);
    const options = {
      columns,
      ...(file.declared ? { declared: file.declared } : {}),
      known: new Set([...(predicted ? predictions.labels(predicted) : []), ...(outOfFold?.labels ?? [])]),
      basisOf: (row: number) => {
        const input = rowView(document, columns, row)?.input;
        return input && judge ? judge(input.text, input.textB) : 'unknown';
      },
      limit: MOST_DIAGNOSTICS - ofFile.length,
    };
    const found = await checks.find(options, signal);
    if (predicted || outOfFold) background(document, { columns, model: predicted, outOfFold });
    return [...ofFile, ...(await inSlices(write(file, found, limit), signal))];
  }

  function* write(
    { document, columns, declared, state }: CheckedFile,
    { findings, more }: Found,
    limit: LengthLimit | undefined,
  ): Generator<void, Diagnostic[]> {
    const facts = {
      lineOf: (row: number) => document.lines.positionAt(document.index?.rowStart(row) ?? 0).line + 1,
      columnOf: (cell: number) => columns.names[cell] ?? String(cell + 1),
      labelFile: declared ? LABEL_SET_FILE : undefined,
      maxLength: limit?.maxLength ?? modelOf(state)?.card.maxLength ?? 0,
    };
    const readUnits = (row: number): number => {
      const input = rowView(document, columns, row)?.input;
      const quoted = document.text[document.index?.cellStart(row, columns.text) ?? 0] === '"';
      // Offsets into a quoted cell or a pair are none into the document: the whole cell is underlined.
      if (!input || !limit || input.textB !== undefined || (quoted && document.index?.dialect === 'csv')) return 0;
      return limit.tokenizer.encode(input.text, undefined, limit.maxLength).offsets.at(-3) ?? 0;
    };
    const items: Diagnostic[] = [];
    for (const finding of findings) {
      items.push(toDiagnostic(finding, { document, columns, texts, facts, readUnits }));
      yield;
    }
    if (more.size > 0) {
      items.push(moreItem(document, texts, more));
    }
    return items;
  }

  /** Starts the checks that take a model, unless they are under way; those by other judges end, and an edit meanwhile makes for another round. */
  function background(document: DataDocument, judges: Judges): void {
    const entry = entryOf(document);
    const key = judgesKey(judges);
    if (entry.background?.judges === key) return;
    entry.background?.stop.abort();
    const run = { judges: key, version: document.version, stop: new AbortController() };
    entry.background = run;
    void runBackgroundChecks(entry.checks, judges, { predictions, limitOf, log }, refresh, run.stop.signal).then(() => {
      if (entry.background !== run) return;
      delete entry.background;
      if (!run.stop.signal.aborted && document.version !== run.version) refresh();
    });
  }

  return {
    capabilities: { diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: false } },
    checked: { of: check },
  };
}

function judgesKey({ model, outOfFold }: Judges): string {
  return `${model?.model.id ?? ''}\0${outOfFold?.id ?? ''}`;
}

/** The file where a model predicts it: what its own labelled rows tell provisionally contradicts none of them. */
function modelOf(state: FileState): ModelFile | undefined {
  return state.kind === 'predicted' && state.by === 'model' ? state : undefined;
}

/** Resolves after some time, or when `signal` aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
