import type { Connection, InitializeParams, ServerCapabilities } from 'vscode-languageserver';
import { RetryModel, UseModel, type InitializationOptions } from '../../protocol/messages';
import { GetServerAccess, ServerAccessChanged, type ServerAccess } from '../../protocol/server-access';
import { defaultSettings, type Settings } from '../../protocol/settings';
import type { FileColumns } from '../data/file-columns';
import { HostClient } from '../host/client';
import { type ModelRef, inFloat32 } from '../host/messages';
import { createPredictions, createTextFeatures, type Predictions } from '../host/predictions';
import { RemoteServer } from '../remote/remote-server';
import { registerAcceptableRows } from './acceptable-rows';
import { registerCounterparts } from './adaptation-counterpart';
import { registerAdaptationRequests } from './adaptation-requests';
import { registerAddedModels } from './added-models';
import { registerAdoption } from './adopt-run';
import { registerConfiguration } from './configuration';
import { connectionLog } from './connection-log';
import { registerCrossvalRequests } from './crossval-requests';
import { followCrossvals } from './crossvals';
import { registerDiagnostics } from './diagnostics';
import { registerDocumentSymbols } from './document-symbols';
import { registerDocuments, type DataDocument } from './documents';
import type { ServerEnv } from './environment';
import { createFasterDtypes } from './faster-dtype';
import { createFasterDtypeJudge } from './faster-dtype-judge';
import { createFilePredictions } from './file-predictions';
import { createFileStates } from './file-states';
import { firstRow, rowView } from './file-view';
import { headBaseOf } from './head-base';
import { registerHover } from './hover';
import { registerCudaRequests } from './cuda-requests';
import { registerHubRequests } from './hub-requests';
import { registerInlayHints } from './inlay-hints';
import { registerLabelCompletion } from './label-completion';
import { registerLabelEdits } from './label-edits';
import { registerLabelRow } from './label-row';
import { createLabelSets } from './label-set-of-file';
import { registerLabelSteps } from './label-steps';
import { createLabelTallies } from './label-tally';
import { modelCards } from './model-cards';
import { registerNextRow } from './next-row';
import { createOpenTexts } from './open-texts';
import { createProvisionalFiles } from './provisional-files';
import { registerRunMetrics } from './run-metrics';
import { registerPretrainingRequests } from './pretraining-requests';
import { followPretrainingRuns } from './pretraining-runs';
import { createPretrainingTrainers } from './pretraining-trainers';
import { registerPredictFile } from './predict-file';
import { registerQuickFixes } from './quick-fixes';
import { createRefresh } from './refresh';
import { registerRunActions } from './run-actions';
import { registerRunEstimate } from './run-estimate';
import { registerRunRequests } from './run-requests';
import { followRuns } from './runs';
import { registerServing } from './serving';
import { registerStartLabelling } from './start-labelling';
import { createStatusBoard } from './status';
import { onMachine } from './trainer-machine';
import { createTrainers } from './trainers';
import { refuseWithoutTrust, registerTrust, type Trust } from './trust';
import { answer } from './wire';
import { registerWorkspace } from './workspace';

/** Serves a connection: builds every part by hand, from top to bottom, when the client has said what it can do. */
export function startServer(connection: Connection, env: ServerEnv): void {
  connection.onInitialize((params) => ({
    capabilities: compose(connection, env, params),
    serverInfo: { name: 'rowlight' },
  }));
  connection.listen();
}

function compose(bare: Connection, env: ServerEnv, params: InitializeParams): ServerCapabilities {
  const client = params.capabilities.workspace;
  const options = (params.initializationOptions ?? {}) as InitializationOptions;
  const trust = registerTrust(bare, options.trusted);
  const connection = refuseWithoutTrust(bare, trust);
  const log = connectionLog(connection);
  // The connection keeps one listener of `initialized` only.
  const ready: (() => void)[] = [];
  const onReady = (listener: () => void): void => void ready.push(listener);
  connection.onInitialized(() => {
    for (const listener of ready) listener();
  });
  const workspace = registerWorkspace(connection, params, onReady);
  const configuration = registerConfiguration(connection, log, {
    pull: client?.configuration ?? false,
    dynamic: client?.didChangeConfiguration?.dynamicRegistration ?? false,
    onReady,
  });
  const refresh = createRefresh(client?.inlayHint?.refreshSupport ?? false, () =>
    connection.languages.inlayHint.refresh(),
  );
  const refreshDiagnostics = createRefresh(client?.diagnostics?.refreshSupport ?? false, () =>
    connection.languages.diagnostics.refresh(),
  );

  let machine: Pick<Settings, 'threads' | 'engine' | 'device'> = defaultSettings;
  const host = new HostClient(
    () => env.forkHost(machine, log),
    env.clock,
    log,
    () => {
      board.changed();
      judge.changed(host.busy);
    },
  );
  const dtypes = createFasterDtypes(env);
  const documents = registerDocuments(connection);
  const remote = new RemoteServer({
    access: (root) => serverAccess(connection, trust, root),
    wanted: () => [...documents.all()].length > 0,
    onState: () => board.changed(),
    onModel: () => files.invalidate(),
    log,
  });
  const board = createStatusBoard(connection, host, remote);
  const predictions = createPredictions(host, remote);
  const filePredictions = createFilePredictions(predictions);

  const tallies = createLabelTallies(documents);
  const labelSets = createLabelSets(env, tallies);
  const cards = modelCards(env);
  const runs = followRuns(connection, env, trust, log);
  const provisional = createProvisionalFiles({
    documents,
    board,
    labelSets,
    features: createTextFeatures(host),
    host,
    baseOf: (uri) => headBaseOf(uri, { env, cards, runs, workspace, trust }),
    onChange: refresh,
    log,
  });
  const states = createFileStates({
    files: env.files,
    documents,
    configuration,
    workspace,
    cards,
    runs,
    board: provisional.board,
    dtypes,
    trust,
    remote,
    log,
    chosen: options.chosen ?? {},
    chosenColumns: options.columns ?? {},
    warm: (document, { model, columns }) => warm(predictions, document, model, columns),
    onChange: () => {
      refresh();
      refreshDiagnostics();
    },
  });
  const files = provisional.over(states);
  const judge = createFasterDtypeJudge({
    documents,
    files,
    dtypes,
    fork: () => env.forkHost({ ...machine, idle: true }, log),
    quiet: env.quiet,
    onVerdict: files.invalidate,
    log,
  });
  host.onLoaded((model, engine) => {
    if (dtypes.runsOn(engine)) files.invalidate();
    // It has taken float32's place.
    if (model.dtype !== undefined && model.dtype === engine.faster) host.release(inFloat32(model));
  });
  const locale = params.locale ?? 'en';
  const predicted = { documents, files, predictions: filePredictions, log, locale };
  const symbols = registerDocumentSymbols(connection, predicted);
  const hints = registerInlayHints(connection, { ...predicted, refresh });
  const hover = registerHover(connection, { ...predicted, host });
  const rows = { ...predicted, labelSets, tallies };
  registerLabelRow(connection, rows);
  registerLabelSteps(connection, rows);
  registerNextRow(connection, rows);
  registerStartLabelling(connection, { ...rows, disk: env.files });
  const completion = registerLabelCompletion(connection, rows);
  registerLabelEdits(connection, { ...rows, acceptable: registerAcceptableRows(connection, rows) });
  const metrics = registerRunMetrics(connection, { env, documents, cards, predictions, log, locale });
  const diagnostics = registerDiagnostics(connection, {
    ...rows,
    env,
    workspace,
    trust,
    client,
    onReady,
    locale,
    refresh: refreshDiagnostics,
  });
  const openText = createOpenTexts(connection, options.openTexts ?? false);
  const fixes = registerQuickFixes(connection, {
    checked: diagnostics.checked,
    files: env.files,
    openText,
    log,
    locale,
  });
  const trainer = onMachine(env.trainer(log), () => configuration.get());
  const crossvals = followCrossvals(connection, trust, log, refreshDiagnostics);
  const pretraining = followPretrainingRuns(connection, env, trust, log);
  const trainers = createTrainers(connection, { runs, crossvals, pretraining }, trainer, env.clock, log);
  const pretrainers = createPretrainingTrainers(connection, pretraining, trainers, trainer, log);
  registerPretrainingRequests(connection, { documents, workspace, pretraining, trainer, trainers: pretrainers, log });
  registerAdaptationRequests(connection, {
    env,
    documents,
    files,
    workspace,
    cards,
    trainer,
    trainers: pretrainers,
    log,
  });
  registerCounterparts(connection, { env, documents, workspace, cards, runs, trainers, log });
  registerCrossvalRequests(connection, { clock: env.clock, documents, workspace, crossvals, trainer, trainers, log });
  registerRunRequests(connection, { env, documents, files, workspace, cards, runs, trainers, trust, log });
  registerRunEstimate(connection, trainer, log);
  registerRunActions(connection, { documents, workspace, runs, trainer, trainers, log });
  registerHubRequests(connection, configuration, trainer, log);
  registerAddedModels(connection, { trainer, onNamed: files.invalidate, log });
  registerServing(connection, { start: env.serving(log), configuration, log });
  registerPredictFile(connection, { documents, files, predictions: filePredictions, disk: env.files, log });
  registerAdoption(connection, { env, documents, workspace, cards, runs, predictions, log });

  answer(connection, log, UseModel, ({ uri, folder }) => {
    files.choose(uri, folder);
    return null;
  });
  answer(connection, log, RetryModel, () => {
    host.retry();
    remote.retry();
    files.invalidate();
    return null;
  });

  registerCudaRequests(
    connection,
    configuration,
    () => {
      host.restart();
      files.invalidate();
    },
    log,
  );

  connection.onNotification(ServerAccessChanged.method, () => remote.accessChanged());

  /** Threads, engine and device are the machine's: a change restarts the host. */
  async function readMachine(): Promise<void> {
    const { threads, engine, device } = await configuration.get();
    if (threads === machine.threads && engine === machine.engine && device === machine.device) return;
    const moves = engine !== machine.engine || device !== machine.device;
    machine = { threads, engine, device };
    host.restart();
    if (moves && dtypes.restarts(machine)) files.invalidate();
  }
  configuration.onChange(() => void readMachine());
  const findRuns = (): void => {
    for (const root of workspace.roots()) {
      void runs.of(root);
      void pretraining.of(root);
      // One that outlived a window is shown again by the next.
      crossvals.of(root).catch((error: unknown) => log.warn(String(error)));
    }
  };
  onReady(() => {
    void readMachine();
    findRuns();
  });
  trust.onGrant(() => {
    findRuns();
    files.invalidate();
  });
  connection.onShutdown(() => {
    host.dispose();
    judge.dispose();
    remote.dispose();
    runs.dispose();
    crossvals.dispose();
    pretraining.dispose();
    metrics.dispose();
  });

  return {
    ...documents.capabilities,
    ...symbols,
    ...hints,
    ...hover,
    ...completion,
    ...diagnostics.capabilities,
    ...fixes,
  };
}

/** What the user allows with regard to a server. A client that can't be asked allows nothing, and in Restricted Mode nobody is asked. */
async function serverAccess(connection: Connection, trust: Trust, root: string): Promise<ServerAccess> {
  if (!trust.granted) return { allowed: false };
  try {
    return await connection.sendRequest<ServerAccess>(GetServerAccess.method, { root });
  } catch {
    return { allowed: false };
  }
}

/** Loads a model by predicting the first row of a file. */
async function warm(
  predictions: Predictions,
  document: DataDocument,
  model: ModelRef,
  columns: FileColumns,
): Promise<void> {
  const row = rowView(document, columns, firstRow(columns));
  if (row) await predictions.want(model, [row.input], 'visible', new AbortController().signal).catch(() => undefined);
}
