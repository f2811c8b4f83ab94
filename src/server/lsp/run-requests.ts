import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Connection } from 'vscode-languageserver';
import {
  CancelRun,
  ListModels,
  ListRuns,
  PlanRun,
  StartRun,
  type ModelOption,
  type RunArguments,
  type RunPlan,
} from '../../protocol/messages';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { TRAINER_LOG, type Trainer } from '../host/trainer';
import { nodeFiles } from '../node-files';
import { prepareRunsFolder, summarize } from '../runs/list';
import { newRunId } from '../runs/run-folder';
import { countLabels } from './columns-of-file';
import type { Documents } from './documents';
import { DEFAULT_BASE, type ServerEnv } from './environment';
import type { FileStates } from './file-states';
import type { ModelCards } from './model-cards';
import type { Runs } from './runs';
import { answer } from './wire';
import { pathOf, type Workspace } from './workspace';

/** What a base model that recommends nothing is fine-tuned with; the command line's own defaults. */
const DEFAULTS: RunArguments = { epochs: 3, learningRate: 2e-5, maxLength: 128, batchSize: 32 };

/** What the requests about runs work on. */
export interface RunRequestParts {
  readonly env: ServerEnv;
  readonly documents: Documents;
  readonly files: FileStates;
  readonly workspace: Workspace;
  readonly cards: ModelCards;
  readonly runs: Runs;
  readonly trainer: Trainer;
  readonly log: Log;
}

/** Plan, start, cancel and list runs, and list the models that come of them. */
export function registerRunRequests(connection: Connection, parts: RunRequestParts): void {
  const { env, documents, files, workspace, cards, runs, trainer, log } = parts;

  const cancelled = new Set<string>();
  /** The run that this server started, by workspace folder: it has no files yet to be seen by. */
  const starting = new Map<string, string>();

  answer(connection, log, PlanRun, async ({ uri, base }) => {
    const document = documents.get(uri);
    const data = pathOf(uri);
    if (!document || data === undefined) throw new RowlightError('bad-argument', 'Save the data as a file first.');
    const state = await files.get(uri);
    const columns = state?.columns;
    if (!columns) {
      const message =
        state?.kind === 'unpredicted' && 'message' in state.status ? state.status.message : 'No rows to train on.';
      throw new RowlightError('bad-data', `${basename(data)}: ${message}`);
    }
    const count = await countLabels(document, columns);
    if (count.labels.size < 2) {
      throw new RowlightError('bad-data', `${basename(data)}: give some rows at least two different labels first.`);
    }
    const model = base ?? join(env.bundledModels, DEFAULT_BASE);
    const card = await cards.read(model);
    const column = (index: number | undefined): string => columns.names[index ?? -1] ?? '';
    const plan: RunPlan = {
      data,
      base: model,
      baseName: card.name,
      textColumn: column(columns.text),
      ...(columns.textB === undefined ? {} : { textBColumn: column(columns.textB) }),
      labelColumn: column(columns.label),
      labelled: count.labelled,
      unlabelled: count.unlabelled,
      labels: count.labels.size,
      recommended: { ...DEFAULTS, ...defined((await cards.recommended(card.checkpoint)) ?? {}) },
    };
    return plan;
  });

  answer(connection, log, StartRun, async ({ uri, plan, arguments: chosen }) => {
    const root = workspace.rootOf(uri);
    if (root === undefined) throw new RowlightError('bad-argument', 'Save the data as a file first.');
    const running = (await runs.progressOf(root)).find(({ run }) => run.state === 'running');
    const other = running?.run.id ?? starting.get(root);
    if (other !== undefined)
      throw new RowlightError('busy', `Run ${other} is under way; cancel it or wait for its end.`);
    const id = newRunId(env.clock);
    starting.set(root, id);
    const folder = join(await prepareRunsFolder(root), id);
    await trainer
      .start(commandLine(plan, chosen, folder), folder, (code) => {
        starting.delete(root);
        void ended(root, folder, plan, code);
      })
      .catch((error: unknown) => {
        starting.delete(root);
        throw error;
      });
    log.info('run started', { folder, data: plan.data, base: plan.base });
    await runs.expect(root);
    return { folder };
  });

  answer(connection, log, CancelRun, async ({ folder }) => {
    const run = await summarize(folder);
    // A second signal would end the trainer at once, without its last words.
    if (run.state !== 'running' || cancelled.has(`${folder} ${run.pid}`)) return null;
    cancelled.add(`${folder} ${run.pid}`);
    trainer.cancel(folder, run.pid);
    return null;
  });

  answer(connection, log, ListRuns, async () => {
    const roots = new Set([
      ...workspace.roots(),
      ...[...documents.all()].flatMap(({ uri }) => workspace.rootOf(uri) ?? []),
    ]);
    return (await Promise.all([...roots].map((root) => runs.progressOf(root)))).flat();
  });

  answer(connection, log, ListModels, async ({ uri }) => {
    const root = workspace.rootOf(uri);
    const state = await files.get(uri);
    const current = state?.kind === 'predicted' ? state.card.folder : undefined;
    const finished =
      root === undefined ? [] : (await runs.of(root)).filter((run) => run.usable && run.state !== 'running');
    const ofRuns = finished.map((run): ModelOption => {
      const scores = run.scores ? { accuracy: run.scores.accuracy, macroF1: run.scores.macroF1 } : {};
      const { folder, id: name, createdAt } = run;
      const isCurrent = folder === current;
      return { folder, name, source: 'run', labels: run.labels.length, createdAt, ...scores, current: isCurrent };
    });
    const bundled = (await cards.bundled()).map((card): ModelOption => {
      const { folder, name } = card;
      return { folder, name, source: 'bundled', labels: card.labels.length, current: folder === current };
    });
    return [...ofRuns, ...bundled];
  });

  /** A trainer ended; where it made no run, its log's last line is all there is to say, and its folder goes. */
  async function ended(root: string, folder: string, plan: RunPlan, code: number | null): Promise<void> {
    await runs.expect(root);
    if (code === 0 || (await summarize(folder).catch(() => undefined))) return;
    const text = await nodeFiles.read(join(folder, TRAINER_LOG)).then(
      (bytes) => new TextDecoder().decode(bytes),
      () => '',
    );
    const message = text.trim().split('\n').at(-1)?.trim() || `The trainer ended with code ${code ?? 'unknown'}.`;
    await rm(folder, { recursive: true, force: true });
    log.error('a run failed', { folder, code, message });
    const columns = { text: plan.textColumn, label: plan.labelColumn };
    const createdAt = new Date(env.clock.now()).toISOString();
    const none = { headerless: false, labels: [], step: 0, usable: false };
    const { data } = plan;
    runs.announce({
      run: { id: basename(folder), folder, createdAt, data, columns, ...none, state: 'failed', message },
    });
  }
}

function commandLine(plan: RunPlan, chosen: RunArguments, folder: string): string[] {
  const line = ['train', plan.data, '--base', plan.base, '--output', folder, '--json'];
  line.push('--text-column', plan.textColumn, '--label-column', plan.labelColumn);
  if (plan.textBColumn !== undefined) line.push('--text-b-column', plan.textBColumn);
  line.push('--epochs', String(chosen.epochs), '--learning-rate', String(chosen.learningRate));
  line.push('--max-length', String(chosen.maxLength), '--batch-size', String(chosen.batchSize));
  return line;
}

/** The given values without those that are undefined. */
function defined(values: { [Key in keyof RunArguments]?: number | undefined }): Partial<RunArguments> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
