import type { FileStatus } from '../../protocol/status';
import type { FileColumns } from '../data/file-columns';
import type { Log } from '../env';
import type { HostClient } from '../host/client';
import type { TextFeatures } from '../host/predictions';
import type { Documents } from './documents';
import type { FileState, FileStates, ProvisionalFile, UnpredictedFile } from './file-states';
import type { LabelSets } from './label-set-of-file';
import type { HeadBase, Provisional } from './provisional';
import { followFit, type ProvisionalFit } from './provisional-fit';
import type { StatusBoard } from './status';

/** What provisional predictions are made with. */
export interface ProvisionalParts {
  readonly documents: Documents;
  readonly board: StatusBoard;
  readonly labelSets: LabelSets;
  readonly features: TextFeatures;
  readonly host: Pick<HostClient, 'fitHead'>;
  /** The base model of a file; undefined where there is none. */
  readonly baseOf: (uri: string) => Promise<HeadBase | undefined>;
  /** Called when the predictions of a file changed: its hints on the screen are stale. */
  readonly onChange: () => void;
  readonly log: Log;
}

/** Provisional predictions for files that no model predicts. */
export interface ProvisionalFiles {
  /** The board for those who decide about models: a file without one is shown there as what its own rows make of it. */
  readonly board: StatusBoard;
  /** The states that they decide, with a {@link ProvisionalFile} where there would be no model. */
  over(states: FileStates): FileStates;
}

interface Entry {
  readonly columns: FileColumns;
  readonly fit: ProvisionalFit;
  /** The state handed out last: the same state is the same object. */
  last?: { readonly of: UnpredictedFile; readonly by: Provisional; readonly file: ProvisionalFile };
}

/** Follows the labelled rows of files that have a label column and no model. */
export function createProvisionalFiles(parts: ProvisionalParts): ProvisionalFiles {
  const { documents, board, onChange } = parts;
  const entries = new Map<string, Entry>();
  /** How files without a model would stand without what their rows tell. */
  const bare = new Map<string, FileStatus>();
  let states: FileStates | undefined;

  documents.onEvent((event) => {
    const { uri } = event.document;
    if (event.kind === 'closed') end(uri);
    else if (event.kind === 'changed') entries.get(uri)?.fit.edited(event.rows);
  });

  function end(uri: string): void {
    entries.get(uri)?.fit.dispose();
    entries.delete(uri);
  }

  /** The entry of a file without a model; undefined where there are no labels to learn from. */
  function entryOf(uri: string, columns: FileColumns): Entry | undefined {
    const document = documents.get(uri);
    const before = entries.get(uri);
    if (before && JSON.stringify(before.columns) === JSON.stringify(columns)) return before;
    end(uri);
    if (!document || columns.label === undefined) return undefined;
    const fit = followFit(document, columns, {
      ...parts,
      base: () => parts.baseOf(uri),
      onChange: () => {
        if (entries.get(uri)?.fit !== fit) return;
        show(uri);
        onChange();
      },
    });
    const entry: Entry = { columns, fit };
    entries.set(uri, entry);
    return entry;
  }

  /** Tells how a file without a model stands. */
  function show(uri: string): void {
    const entry = entries.get(uri);
    const provisional = entry?.fit.current();
    board.file(uri, entry && provisional ? statusOf(provisional, entry.columns) : bare.get(uri));
  }

  async function get(uri: string): Promise<FileState | undefined> {
    const state = await states?.get(uri);
    if (state?.kind !== 'unpredicted' || state.status.kind !== 'no-model' || !state.columns) return state;
    const entry = entryOf(uri, state.columns);
    await entry?.fit.ready;
    const by = entry?.fit.current();
    if (!entry || !by) return state;
    if (entry.last?.of !== state || entry.last.by !== by) {
      const { columns, settings } = state;
      entry.last = { of: state, by, file: { kind: 'predicted', by: 'rows', columns, provisional: by, settings } };
    }
    return entry.last.file;
  }

  return {
    board: {
      changed: board.changed,
      file(uri, status) {
        if (status?.kind !== 'no-model') {
          end(uri);
          bare.delete(uri);
          board.file(uri, status);
          return;
        }
        bare.set(uri, status);
        show(uri);
        void get(uri);
      },
    },
    over(own) {
      states = own;
      return {
        ...own,
        get,
        failed: (uri, state, error) => {
          if (state.by === 'model') own.failed(uri, state, error);
          else parts.log.error('provisional prediction failed', { uri, error: String(error) });
        },
      };
    },
  };
}

function statusOf({ method, base, rows, labels }: Provisional, columns: FileColumns): FileStatus {
  return {
    kind: 'provisional',
    method,
    ...(base === undefined ? {} : { base }),
    rows,
    labels: labels.length,
    textColumn: columns.names[columns.text] ?? '',
    labelColumn: columns.names[columns.label ?? -1] ?? '',
  };
}
