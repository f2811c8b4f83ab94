import type { Connection } from 'vscode-languageserver';
import type { RunProgress } from '../../protocol/messages';
import { type Comparison, DecideRun, RunEnded, type Verdict } from '../../protocol/run-actions';
import type { RunSummary } from '../../protocol/runs';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { Predictions } from '../host/predictions';
import type { TextInput } from '../inference/prediction';
import { writeAdoption } from '../runs/adoption';
import { compareOnSharedRows, comparePredictions } from '../runs/compare-models';
import { type JudgedRow, readPredictions } from '../runs/predictions';
import { readRun } from '../runs/run-folder';
import type { Documents } from './documents';
import type { ServerEnv } from './environment';
import type { ModelCards } from './model-cards';
import { chooseModel, type ModelCard } from './model-of-file';
import { rootOfRun, runRoots } from './own-runs';
import type { Runs } from './runs';
import { answer, notify } from './wire';
import type { Workspace } from './workspace';

/** What deciding about a new model needs. */
export interface AdoptionParts {
  readonly env: ServerEnv;
  readonly documents: Documents;
  readonly workspace: Workspace;
  readonly cards: ModelCards;
  readonly runs: Runs;
  readonly predictions: Predictions;
  readonly log: Log;
}

/** Rows that a former model is asked about at once, and most of them altogether. */
const CHUNK = 256;
const MOST_ROWS = 2000;

/**
 * Decides what becomes of a run's model when the run finishes: it takes the place of the one in use where it is at least as good on the same
 * held-out rows; where it is worse the user is asked, and until then the former one stays. Tells the client of every end.
 */
export function registerAdoption(connection: Connection, parts: AdoptionParts): void {
  const { env, documents, workspace, cards, runs, predictions, log } = parts;

  runs.onEnd((progress) => {
    if (progress.run.state !== 'finished') return notify(connection, RunEnded, { progress });
    void decide(progress).catch((error: unknown) => {
      log.error('a finished run could not be compared', { folder: progress.run.folder, error: String(error) });
    });
  });

  answer(connection, log, DecideRun, async ({ folder, use }) => {
    const root = rootOfRun(workspace, documents, folder);
    await writeAdoption(folder, use ? 'adopted' : 'declined', env.clock);
    await runs.expect(root);
    return null;
  });

  async function decide(progress: RunProgress): Promise<void> {
    const { run } = progress;
    const root = rootOfRun(workspace, documents, run.folder);
    const verdict = await judge(root, run);
    if (verdict.decision === 'adopted') {
      await writeAdoption(run.folder, 'adopted', env.clock);
      await runs.expect(root);
    }
    notify(connection, RunEnded, { progress, verdict });
  }

  async function judge(root: string, run: RunSummary): Promise<Verdict> {
    const card = await cards.read(run.folder);
    const former = await formerModel(root, run, card);
    if (!former) return { decision: 'adopted' };
    const about = { former: { name: former.name, folder: former.folder } };
    try {
      const comparison = await compare(root, run, former);
      if (typeof comparison === 'string') return { decision: 'adopted', ...about, incomparable: comparison };
      const worse = comparison.ours.macroF1 < comparison.theirs.macroF1;
      return { decision: worse ? 'ask' : 'adopted', ...about, comparison };
    } catch (error) {
      log.warn('the former model could not be judged', { former: former.folder, error: String(error) });
      return { decision: 'adopted', ...about, incomparable: 'failed' };
    }
  }

  /** What would predict a file like the run's, were there not this run. */
  async function formerModel(root: string, run: RunSummary, card: ModelCard): Promise<ModelCard | undefined> {
    const others = (await runs.of(root)).filter(({ folder }) => folder !== run.folder);
    const names = Object.values(run.columns).filter((name) => name !== undefined);
    const choice = chooseModel(
      { columns: names, labels: new Set(card.labels) },
      { runs: await cards.ofRuns(others), bundled: await cards.bundled() },
    );
    return choice.kind === 'model' ? choice.card : undefined;
  }

  async function compare(
    root: string,
    run: RunSummary,
    former: ModelCard,
  ): Promise<Comparison | NonNullable<Verdict['incomparable']>> {
    const ours = await readPredictions(run.folder);
    const isRun =
      runRoots(workspace, documents).includes(root) &&
      (await runs.of(root)).some(({ folder }) => folder === former.folder);
    const shared = isRun
      ? compareOnSharedRows(ours, await readPredictions(former.folder), former.delimiter)
      : undefined;
    if (shared) return shared;
    // Which rows of this very file the former model learnt from is not known: on those it would look better than it is.
    if ((await cards.dataHash(former.folder)) === (await readRun(run.folder)).data.sha256) return 'same-data';
    const texts = await env.metrics.heldOutTexts(run.folder, MOST_ROWS);
    const found = texts.flatMap((input, at) => (input && ours[at] ? [{ row: ours[at], input }] : []));
    if (found.length * 2 < Math.min(ours.length, MOST_ROWS)) return 'rows-gone';
    const theirs = await predict(
      former,
      found.map(({ input }) => input),
    );
    const rows: JudgedRow[] = found.map(({ row }) => row);
    return { ...comparePredictions(rows, theirs, former.delimiter), mayHaveLearnt: true };
  }

  async function predict(card: ModelCard, inputs: readonly TextInput[]): Promise<string[]> {
    const model = { id: card.id, folder: card.checkpoint };
    const labels: string[] = [];
    for (let from = 0; from < inputs.length; from += CHUNK) {
      const chunk = inputs.slice(from, from + CHUNK);
      await predictions.want(model, chunk, 'background', new AbortController().signal);
      for (const input of chunk) {
        const found = predictions.get(model, input);
        if (!found) throw new RowlightError('bad-model', `${card.name} gave no prediction.`);
        labels.push(found.label);
      }
    }
    return labels;
  }
}
