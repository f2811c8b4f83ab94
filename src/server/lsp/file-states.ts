import type { FasterThanFloat32, FileStatus, ModelSource } from '../../protocol/status';
import type { Settings } from '../../protocol/settings';
import type { ChosenColumns } from '../../protocol/start-labelling';
import type { FileColumns } from '../data/file-columns';
import type { Files, Log } from '../env';
import { RowlightError } from '../errors';
import { type JudgedDtype, type ModelRef, inDtype } from '../host/messages';
import type { RemoteServer } from '../remote/remote-server';
import type { Configuration } from './configuration';
import { countLabels, resolveColumns, withLabelNames } from './columns-of-file';
import { MAX_CHARACTERS, type DataDocument, type Documents } from './documents';
import type { FasterDtypes } from './faster-dtype';
import type { ModelCards } from './model-cards';
import { chooseModel, type ModelCard } from './model-of-file';
import type { Provisional } from './provisional';
import type { Runs } from './runs';
import type { StatusBoard } from './status';
import type { Trust } from './trust';
import type { Workspace } from './workspace';

/** A file that a model predicts. */
export interface ModelFile {
  readonly kind: 'predicted';
  readonly by: 'model';
  readonly columns: FileColumns;
  readonly card: ModelCard;
  readonly source: ModelSource;
  readonly model: ModelRef;
  /** What it computes in, where that is not float32. */
  readonly faster?: JudgedDtype;
  readonly settings: Settings;
}

/** A file without a model whose own labelled rows predict the others for the time being (`provisional-files.ts`). */
export interface ProvisionalFile {
  readonly kind: 'predicted';
  readonly by: 'rows';
  readonly columns: FileColumns;
  readonly provisional: Provisional;
  readonly settings: Settings;
}

/** A file with predictions; ask `FilePredictions` for them. */
export type PredictedFile = ModelFile | ProvisionalFile;

/** A file that no model predicts, and why. */
export interface UnpredictedFile {
  readonly kind: 'unpredicted';
  readonly status: FileStatus;
  readonly columns: FileColumns | undefined;
  readonly settings: Settings;
}

export type FileState = PredictedFile | UnpredictedFile;

/** What the rules for models decide. */
type Decision = ModelFile | UnpredictedFile;

/**
 * Columns and model of each open file. They are decided when a file is opened and again when its header, the settings, the runs or the choice
 * of a model change; ordinary edits keep them, so that a label half typed doesn't take the predictions away.
 */
export interface FileStates {
  /** The state of an open file; undefined for others. */
  get(uri: string): Promise<FileState | undefined>;
  /** A model failed to load or to predict: the file has none until something changes. */
  failed(uri: string, state: PredictedFile, error: unknown): void;
  /** Decides all files anew. */
  invalidate(): void;
  /** Remembers the model that the user chose for a file; null forgets it. */
  choose(uri: string, folder: string | null): void;
  /** Remembers the columns that the user chose for a file; settings go before them. */
  setColumns(uri: string, columns: ChosenColumns): void;
}

/** What the states are decided from. */
export interface FileStateParts {
  readonly files: Files;
  readonly documents: Documents;
  readonly configuration: Configuration;
  readonly workspace: Workspace;
  readonly cards: ModelCards;
  readonly runs: Runs;
  readonly board: StatusBoard;
  readonly dtypes: Pick<FasterDtypes, 'use'>;
  readonly trust: Pick<Trust, 'granted'>;
  /** The server of `rowlight.server`. */
  readonly remote: Pick<RemoteServer, 'model' | 'forbidden'>;
  readonly log: Log;
  /** Models chosen in earlier sessions, by uri. */
  readonly chosen: Readonly<Record<string, string>>;
  /** Columns chosen in earlier sessions, by uri. */
  readonly chosenColumns: Readonly<Record<string, ChosenColumns>>;
  /** Loads the model of a file that is about to change over to it; a failure is seen by whoever asks the model later. */
  readonly warm: (document: DataDocument, state: ModelFile) => Promise<void>;
  /** Called when a file was decided anew: its hints on the screen are stale. */
  readonly onChange: () => void;
}

interface Entry {
  readonly header: string;
  readonly state: Promise<Decision>;
  settled?: Decision;
  /** The decision that is to replace this one; a later one makes an earlier one void. */
  next?: Promise<Decision>;
}

export function createFileStates(parts: FileStateParts): FileStates {
  const { documents, configuration, workspace, cards, runs, board, trust, remote, log } = parts;
  const chosen = new Map(Object.entries(parts.chosen));
  const chosenColumns = new Map(Object.entries(parts.chosenColumns));
  const entries = new Map<string, Entry>();

  documents.onEvent((event) => {
    const { uri } = event.document;
    if (event.kind === 'closed') {
      entries.delete(uri);
      board.file(uri, undefined);
    } else if (event.kind === 'opened') {
      start(event.document);
    } else if (event.kind === 'changed') {
      const entry = entries.get(uri);
      const blocked = entry?.settled?.kind === 'unpredicted' && entry.settled.columns === undefined;
      const touched = !event.rows || event.rows.firstRow === 0;
      if (blocked || (touched && entry?.header !== headerOf(event.document))) start(event.document);
    }
  });
  configuration.onChange(invalidate);
  runs.onChange(invalidate);

  function invalidate(): void {
    for (const document of documents.all()) replace(document);
  }

  /** Decides a file whose former state, if any, no longer fits its text. */
  function start(document: DataDocument): void {
    enter(document, decide(document));
  }

  /** Decides a file anew; until a new model is loaded the former one goes on, so that its hints don't vanish meanwhile. */
  function replace(document: DataDocument): void {
    const entry = entries.get(document.uri);
    if (entry?.settled?.kind !== 'predicted') {
      start(document);
      if (entry) void entries.get(document.uri)?.state.then(parts.onChange, () => undefined);
      return;
    }
    const former = entry.settled.model.id;
    const next = decide(document).then(async (state) => {
      if (state.kind === 'predicted' && state.model.id !== former) await parts.warm(document, state);
      return state;
    });
    entry.next = next;
    next.then(
      () => {
        if (entries.get(document.uri) !== entry || entry.next !== next) return;
        enter(document, next);
        parts.onChange();
      },
      (error: unknown) => log.error('the model of a file could not be decided', { error: String(error) }),
    );
  }

  function enter(document: DataDocument, state: Promise<Decision>): void {
    const { uri } = document;
    const entry: Entry = { header: headerOf(document), state };
    entries.set(uri, entry);
    state.then(
      (settled) => {
        if (entries.get(uri) !== entry) return;
        entry.settled = settled;
        board.file(uri, statusOf(settled));
      },
      (error: unknown) => log.error('the model of a file could not be decided', { uri, error: String(error) }),
    );
  }

  async function decide(document: DataDocument): Promise<Decision> {
    const settings = await configuration.get(document.uri);
    const off = (status: FileStatus, columns?: FileColumns): Decision => ({
      kind: 'unpredicted',
      status,
      columns,
      settings,
    });
    if (document.unread === 'too-large') {
      return off({ kind: 'too-large', characters: document.text.length, limit: MAX_CHARACTERS });
    }
    const resolved = resolve(document, settings);
    if ('failure' in resolved) return off({ kind: 'no-columns', message: resolved.failure });
    const columns = await withLabelNames(parts.files, document, resolved);
    const root = workspace.rootOf(document.uri);
    // Without trust only models that came with Rowlight are read: a folder that a setting or an earlier choice names may lie in the workspace.
    const named = trust.granted ? settings.model : '';
    const wish = trust.granted ? chosen.get(document.uri) : undefined;
    const [{ labels }, setting, own, finished, bundled] = await Promise.all([
      countLabels(document, columns),
      named === '' ? undefined : cards.tryRead(workspace.resolve(document.uri, named)),
      wish === undefined ? undefined : cards.tryRead(wish),
      root === undefined ? [] : runs.of(root).then((list) => cards.ofRuns(list)),
      cards.bundled(),
    ]);
    const server = trust.granted ? settings.server : '';
    const served = remote.model(server);
    // Until the server has told what it serves, nothing else silently takes its place; one that the user does not allow is as none.
    const waits = server !== '' && !served && !remote.forbidden;
    if (!setting && !own && waits) return off({ kind: 'server' }, columns);
    const choice = chooseModel(
      { columns: columns.names, labels },
      {
        ...(setting && { setting }),
        ...(own && { chosen: own }),
        ...(served && { served }),
        runs: finished,
        bundled,
      },
    );
    if (choice.kind === 'none') return off({ kind: 'no-model', unlabelled: labels.size === 0 }, columns);
    if (choice.kind === 'bad') return off({ kind: 'bad-model', message: choice.message }, columns);
    const { card, source } = choice;
    const model: ModelRef = {
      id: card.id,
      folder: card.checkpoint,
      ...(card.server === undefined ? {} : { server: card.server }),
    };
    // A server decides by itself what it computes in.
    const faster = card.server === undefined ? await parts.dtypes.use(card, settings) : undefined;
    return {
      kind: 'predicted',
      by: 'model',
      columns: card.delimiter === undefined ? columns : { ...columns, delimiter: card.delimiter },
      card,
      source,
      settings,
      ...(faster === undefined ? { model } : { model: inDtype(model, faster.dtype), faster }),
    };
  }

  /** Columns by the settings, else as they were chosen where the file has those, else as they look. */
  function resolve(document: DataDocument, settings: Settings): ReturnType<typeof resolveColumns> {
    const wish = chosenColumns.get(document.uri);
    if (wish && settings.textColumn === '' && settings.labelColumn === '') {
      const resolved = resolveColumns(document, { textColumn: wish.text, labelColumn: wish.label });
      if (!('failure' in resolved) && resolved.label !== undefined) return resolved;
    }
    return resolveColumns(document, settings);
  }

  return {
    async get(uri) {
      for (;;) {
        const entry = entries.get(uri);
        const state = await entry?.state.catch(() => undefined);
        // Decided anew meanwhile: the new decision counts.
        if (entries.get(uri) === entry) return state;
      }
    },
    failed(uri, state, error) {
      const message = error instanceof Error ? error.message : String(error);
      // A server that can't be asked: the status tells that once, not every row.
      if (state.by === 'model' && state.model.server !== undefined && RowlightError.is(error, 'busy')) return;
      log.error('prediction failed', { uri, ...(state.by === 'model' && { model: state.card.folder }), message });
      const entry = entries.get(uri);
      // `busy`: the host is off, which the status tells by itself, and Retry brings the model back.
      if (entry?.settled !== state || RowlightError.is(error, 'busy')) return;
      const status: FileStatus = { kind: 'bad-model', message };
      const { columns, settings } = state;
      const settled: Decision = { kind: 'unpredicted', status, columns, settings };
      entries.set(uri, { header: entry.header, state: Promise.resolve(settled), settled });
      board.file(uri, status);
    },
    invalidate,
    choose(uri, folder) {
      if (folder === null) chosen.delete(uri);
      else chosen.set(uri, folder);
      const document = documents.get(uri);
      if (document) replace(document);
    },
    setColumns(uri, columns) {
      chosenColumns.set(uri, columns);
      const document = documents.get(uri);
      if (document) start(document);
    },
  };
}

function statusOf(state: Decision): FileStatus {
  if (state.kind === 'unpredicted') return state.status;
  const { columns, card, source, faster } = state;
  return {
    kind: 'predicting',
    model: card.name,
    folder: card.checkpoint,
    source,
    textColumn: columns.names[columns.text] ?? '',
    labelColumn: columns.names[columns.label ?? -1] ?? '',
    ...(faster === undefined ? {} : { faster: gainOf(faster) }),
  };
}

function gainOf({ dtype, verdict: { speed, agreement } }: JudgedDtype): FasterThanFloat32 {
  return { dtype, speed, agreement };
}

function headerOf({ index, text }: DataDocument): string {
  return index && index.rowCount > 0 ? text.slice(index.rowStart(0), index.rowEnd(0)) : '';
}
