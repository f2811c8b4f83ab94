import { basename, dirname, join } from 'node:path';
import type { Connection } from 'vscode-languageserver';
import {
  ListModels,
  ListRuns,
  PlanRun,
  StartRun,
  type ModelOption,
  type RunArguments,
  type RunPlan,
} from '../../protocol/messages';
import { trainArguments } from '../../protocol/train-command';
import { isUnnamed } from '../../protocol/label-names';
import { defaultCache } from '../download/hub-cache';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { knownModels } from '../import/models-home';
import { nodeFiles } from '../node-files';
import { prepareRunsFolder, runsFolder } from '../runs/list';
import { newRunId } from '../runs/run-folder';
import { countLabels } from './columns-of-file';
import type { Documents } from './documents';
import { DEFAULT_BASE, type ServerEnv } from './environment';
import type { FileStates } from './file-states';
import type { ModelCards } from './model-cards';
import { runRoots } from './own-runs';
import type { Runs } from './runs';
import type { Trainers } from './trainers';
import type { Trust } from './trust';
import { savedFile } from './saved-file';
import { answer } from './wire';
import type { Workspace } from './workspace';

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
  readonly trainers: Trainers;
  readonly trust: Pick<Trust, 'granted'>;
  readonly log: Log;
}

/** Plan, start and list runs, and list the models that come of them. */
export function registerRunRequests(connection: Connection, parts: RunRequestParts): void {
  const { env, documents, files, workspace, cards, runs, trainers, trust, log } = parts;

  answer(connection, log, PlanRun, async ({ uri, base }) => {
    const { document, path: data, columns } = await savedFile({ documents, files }, uri);
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
      output: join(runsFolder(workspace.rootOf(uri) ?? dirname(data)), newRunId(env.clock)),
      textColumn: column(columns.text),
      ...(columns.textB === undefined ? {} : { textBColumn: column(columns.textB) }),
      labelColumn: column(columns.label),
      otherColumns: columns.names.filter((_, at) => ![columns.text, columns.textB, columns.label].includes(at)),
      ...(columns.delimiter === undefined ? {} : { delimiter: columns.delimiter }),
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
    const runsHere = await prepareRunsFolder(root);
    // The form may have been open since another start: a folder that is taken, or is elsewhere, is not used.
    const free = dirname(plan.output) === runsHere && !(await nodeFiles.exists(plan.output));
    const folder = free ? plan.output : join(runsHere, newRunId(env.clock));
    const run = { folder, id: basename(folder), data: plan.data };
    await trainers.start(root, run, [...trainArguments({ ...plan, output: folder }, chosen), '--json']);
    return { folder };
  });

  answer(connection, log, ListRuns, async () => {
    const roots = runRoots(workspace, documents);
    return (await Promise.all(roots.map((root) => runs.progressOf(root)))).flat();
  });

  answer(connection, log, ListModels, async ({ uri }) => {
    const own = uri === null ? undefined : workspace.rootOf(uri);
    const roots = uri === null ? workspace.roots() : own === undefined ? [] : [own];
    const state = uri === null ? undefined : await files.get(uri);
    const current = state?.kind === 'predicted' && state.by === 'model' ? state.card.folder : undefined;
    const found = (await Promise.all(roots.map((root) => runs.of(root)))).flat();
    const finished = found.filter((run) => run.usable && run.state !== 'running');
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
    return [...ofRuns, ...bundled, ...(await knownClassifiers(current))];
  });

  /** The classifiers that were downloaded or added. */
  async function knownClassifiers(current: string | undefined): Promise<ModelOption[]> {
    const known = trust.granted ? await knownModels(defaultCache()) : [];
    const found = await Promise.all(known.map(async ({ folder }) => cards.tryRead(folder)));
    return found.flatMap((card): ModelOption[] => {
      if ('failure' in card || card.labels.length === 0) return [];
      const { folder, name, labels } = card;
      const unnamed = isUnnamed(labels) ? { unnamed: true } : {};
      return [{ folder, name, source: 'known', labels: labels.length, current: folder === current, ...unnamed }];
    });
  }
}

/** The given values without those that are undefined. */
function defined(values: { [Key in keyof RunArguments]?: number | undefined }): Partial<RunArguments> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
