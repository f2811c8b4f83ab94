import type { Log } from '../env';
import type { HostProcess } from '../host/client';
import type { FromHost, JudgedDtype } from '../host/messages';
import { JUDGED_TEXTS, textsToJudge } from '../inference/faithful';
import type { TextInput } from '../inference/prediction';
import type { DataDocument, Documents } from './documents';
import { firstRow, rowView } from './file-view';
import type { FileStates, ModelFile } from './file-states';
import type { FasterDtypes } from './faster-dtype';

/** What the judge works with. */
export interface FasterDtypeJudgeParts {
  readonly documents: Documents;
  readonly files: FileStates;
  readonly dtypes: Pick<FasterDtypes, 'unknown' | 'forget'>;
  /** Starts a model host of its own, behind everything else on the machine. */
  readonly fork: () => HostProcess;
  /** Milliseconds without a request after which there is time for it. */
  readonly quiet: number;
  /** Called when a verdict was found. */
  readonly onVerdict: () => void;
  readonly log: Log;
}

/** Finds out in quiet moments whether the models of open files may compute in something faster than float32. */
export interface FasterDtypeJudge {
  /** The model host began or ended a request. */
  changed(busy: boolean): void;
  dispose(): void;
}

/** Rows of a file that are looked at for texts: a file of millions has its texts spread over all of it. */
const ROWS = 4 * JUDGED_TEXTS;

/**
 * Compares a model's int8, or float16 on a GPU, with its float32 on the texts of the open file that it predicts, once a model and what runs it. That
 * happens in a model host of its own at the lowest priority, so that hints never wait for it, and only after no prediction was asked for a while.
 */
export function createFasterDtypeJudge(parts: FasterDtypeJudgeParts): FasterDtypeJudge {
  const { documents, files, dtypes, fork, quiet, onVerdict, log } = parts;
  /** Precisions of models that were tried in this session, by id: what failed is not tried again and again. */
  const tried = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running: HostProcess | undefined;

  async function look(): Promise<void> {
    for (const document of documents.all()) {
      const state = await files.get(document.uri);
      if (running || state?.kind !== 'predicted' || state.by !== 'model') continue;
      // What a server computes in is its own choice.
      if (state.model.server !== undefined) continue;
      const dtype = await dtypes.unknown(state.card, state.settings);
      const id = `${state.card.id}\0${dtype}`;
      if (dtype === undefined || tried.has(id)) continue;
      const texts = textsToJudge(textsOf(document, state));
      if (texts.length < JUDGED_TEXTS) continue;
      tried.add(id);
      return judge(state, texts);
    }
  }

  async function judge({ card }: ModelFile, inputs: readonly TextInput[]): Promise<void> {
    const started = fork();
    running = started;
    try {
      const { dtype, verdict } = await new Promise<JudgedDtype>((resolve, reject) => {
        started.onMessage((message: FromHost) => {
          if (message.type === 'judged') resolve(message);
          if (message.type === 'failed') reject(new Error(message.message));
        });
        started.onExit((reason) => reject(new Error(`it ended: ${reason}`)));
        started.send({ type: 'judge', id: 1, folder: card.checkpoint, inputs });
      });
      log.info(`${dtype} compared with float32`, { model: card.name, ...verdict });
      dtypes.forget();
      onVerdict();
    } catch (error) {
      log.info('no precision was compared with float32', { model: card.name, reason: String(error) });
    } finally {
      running = undefined;
      started.kill();
    }
  }

  return {
    changed(busy) {
      clearTimeout(timer);
      if (busy) return;
      timer = setTimeout(() => {
        look().catch((error: unknown) => log.error('no precision could be judged', { error: String(error) }));
      }, quiet);
      timer.unref();
    },
    dispose() {
      clearTimeout(timer);
      running?.kill();
    },
  };
}

/** Texts of a file, spread evenly over its rows. */
function textsOf(document: DataDocument, { columns }: ModelFile): TextInput[] {
  const first = firstRow(columns);
  const rows = (document.index?.rowCount ?? 0) - first;
  const step = Math.max(1, rows / ROWS);
  const texts: TextInput[] = [];
  for (let at = 0; at < rows; at += step) {
    const view = rowView(document, columns, first + Math.floor(at));
    if (view) texts.push(view.input);
  }
  return texts;
}
