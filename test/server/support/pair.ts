import { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import type { ProtocolRequestType } from 'vscode-languageserver/node';
import {
  createConnection,
  createProtocolConnection,
  CancellationToken,
  CompletionRequest,
  ConfigurationRequest,
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DiagnosticRefreshRequest,
  DidOpenTextDocumentNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  InlayHintRefreshRequest,
  InlayHintRequest,
  LogMessageNotification,
  ProposedFeatures,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type CompletionItem,
  type CompletionList,
  type Hover,
  type InlayHint,
  type MarkupContent,
  type MessageConnection,
  type Position,
  type Range,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver/node';
import type { NotificationType, RequestType } from '../../../src/protocol/messages';
import { GetOpenText, RunChanged, StatusChanged, type RunProgress } from '../../../src/protocol/messages';
import { GetServerAccess, type ServerAccess } from '../../../src/protocol/server-access';
import type { ChosenColumns } from '../../../src/protocol/start-labelling';
import type { ServerStatus } from '../../../src/protocol/status';
import type { Trainer } from '../../../src/server/host/trainer';
import type { ServerEnv } from '../../../src/server/lsp/environment';
import { stampOf } from '../../../src/server/lsp/node-environment';
import { startServer } from '../../../src/server/lsp/server';
import { createConditions } from '../../support/until';
import { FakeHost } from './fake-host';
import { MemoryFiles } from './memory-files';

/** What a server is started with; the rest has defaults. */
export interface PairOptions {
  readonly settings?: Record<string, unknown>;
  readonly folders?: readonly string[];
  readonly chosen?: Record<string, string>;
  readonly columns?: Record<string, ChosenColumns>;
  readonly env?: Partial<ServerEnv>;
  readonly locale?: string;
  /** Texts of documents that the client has open and the server does not follow, by uri; where they are left out it tells none. */
  readonly openTexts?: Record<string, string>;
  /** What the client says of the workspace; nothing where it is left out. */
  readonly trusted?: boolean;
}

/** Opens a server and a client over a pair of streams in memory; both end with the test. */
export async function openPair(t: TestContext, options: PairOptions = {}): Promise<TestClient> {
  const client = new TestClient(options);
  t.after(() => client.close());
  await client.initialize();
  return client;
}

/** The work behind the metrics page: its own test hands it in, since the pictures make every bundle that has them heavy. */
const elsewhere = (): Promise<never> => Promise.reject(new Error('This test has no metrics.'));

const everything: Range = { start: { line: 0, character: 0 }, end: { line: 1e6, character: 0 } };

/** The client's end, with the requests that tests make. */
export class TestClient {
  readonly host = new FakeHost();
  readonly files = new MemoryFiles();
  readonly started: { args: readonly string[]; folder: string; exit: (code: number | null) => void }[] = [];
  readonly cancelled: string[] = [];
  readonly logged: string[] = [];
  readonly runs: RunProgress[] = [];
  /** What the command line answers when it measures. */
  measure: Trainer['measure'] = () => Promise.reject(new Error('nothing is measured here'));
  /** What the user allows with regard to servers, and which were asked about. */
  access: ServerAccess = { allowed: false };
  readonly askedAccess: string[] = [];
  refreshes = 0;
  diagnosticRefreshes = 0;
  status: ServerStatus | undefined;
  settings: Record<string, unknown>;
  /** Keeps the process up while a test waits for a timer of the server that would not: a real server lives by its connection. */
  readonly #alive = setInterval(() => undefined, 1000);
  readonly #conditions = createConditions();
  /** Notifications that have no listener of their own, by method. */
  readonly #heard = new Map<string, unknown[]>();
  readonly #versions = new Map<string, number>();
  readonly #client;
  readonly #server;

  constructor(private readonly options: PairOptions) {
    this.settings = options.settings ?? {};
    const [up, down] = [new Pipe(), new Pipe()];
    this.#server = createConnection(ProposedFeatures.all, new StreamMessageReader(up), new StreamMessageWriter(down));
    this.#client = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
    const trainer: Trainer = {
      start: (args, folder, exit) => {
        this.started.push({ args, folder, exit });
        return Promise.resolve();
      },
      measure: (args, signal) => this.measure(args, signal),
      command: () => Promise.reject(new Error('no command runs here')),
      cancel: (folder) => void this.cancelled.push(folder),
    };
    startServer(this.#server, {
      files: this.files,
      clock: { now: () => Date.now() },
      // Models lie in memory, run folders on the disk.
      stamp: async (path) => (await this.files.stamp(path)) ?? stampOf(path),
      forkHost: this.host.fork,
      trainer: () => trainer,
      serving: () => () => Promise.reject(new Error('nothing is served here')),
      watch: () => undefined,
      quiet: 2 ** 30,
      metrics: {
        judge: elsewhere,
        compare: elsewhere,
        choose: elsewhere,
        find: elsewhere,
        heldOutTexts: elsewhere,
        report: elsewhere,
      },
      bundledModels: '/models',
      ...options.env,
    });
    this.#client.onNotification(StatusChanged.method, (status: ServerStatus) => {
      this.status = status;
      this.#conditions.wake();
    });
    this.#client.onNotification(RunChanged.method, (run: RunProgress) => {
      this.runs.push(run);
      this.#conditions.wake();
    });
    // The star handler is the message connection's, which the protocol connection is, although its type doesn't say so.
    (this.#client as unknown as MessageConnection).onNotification((method: string, params: unknown) => {
      this.#heard.set(method, [...(this.#heard.get(method) ?? []), params]);
      this.#conditions.wake();
    });
    this.#client.onNotification(LogMessageNotification.type, ({ message }) => void this.logged.push(message));
    this.#client.onRequest(RegistrationRequest.type, () => undefined);
    this.#client.onRequest(ConfigurationRequest.type, ({ items }) => items.map(() => this.settings));
    this.#client.onRequest(GetOpenText.method, ({ uri }: { uri: string }) => this.options.openTexts?.[uri] ?? null);
    this.#client.onRequest(GetServerAccess.method, ({ root }: { root: string }) => {
      this.askedAccess.push(root);
      return this.access;
    });
    this.#client.onRequest(InlayHintRefreshRequest.type, () => {
      this.refreshes++;
      this.#conditions.wake();
    });
    this.#client.onRequest(DiagnosticRefreshRequest.type, () => {
      this.diagnosticRefreshes++;
      this.#conditions.wake();
    });
    this.#client.listen();
  }

  async initialize(): Promise<void> {
    await this.#client.sendRequest(InitializeRequest.type, {
      processId: null,
      rootUri: null,
      locale: this.options.locale ?? 'en',
      workspaceFolders: (this.options.folders ?? []).map((path) => ({ uri: `file://${path}`, name: path })),
      initializationOptions: {
        chosen: this.options.chosen ?? {},
        columns: this.options.columns ?? {},
        openTexts: this.options.openTexts !== undefined,
        trusted: this.options.trusted,
      },
      capabilities: {
        workspace: {
          configuration: true,
          inlayHint: { refreshSupport: true },
          diagnostics: { refreshSupport: true },
        },
      },
    });
    await this.#client.sendNotification(InitializedNotification.type, {});
  }

  open(uri: string, text: string, languageId = 'tsv'): void {
    this.#versions.set(uri, 1);
    const textDocument = { uri, languageId, version: 1, text };
    void this.#client.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
  }

  change(uri: string, ...contentChanges: TextDocumentContentChangeEvent[]): void {
    const version = (this.#versions.get(uri) ?? 0) + 1;
    this.#versions.set(uri, version);
    const textDocument = { uri, version };
    void this.#client.sendNotification(DidChangeTextDocumentNotification.type, { textDocument, contentChanges });
  }

  closeDocument(uri: string): void {
    void this.#client.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
  }

  configure(settings: Record<string, unknown>): void {
    this.settings = settings;
    void this.#client.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
  }

  async hints(uri: string, range: Range = everything, token = CancellationToken.None): Promise<InlayHint[]> {
    return (await this.#client.sendRequest(InlayHintRequest.type, { textDocument: { uri }, range }, token)) ?? [];
  }

  /** Hints as `line:character text`. */
  async hintLines(uri: string, range?: Range): Promise<string[]> {
    const hints = await this.hints(uri, range);
    return hints.map(({ position, label }) => `${position.line}:${position.character} ${String(label)}`);
  }

  async hover(uri: string, position: Position): Promise<string | undefined> {
    const hover: Hover | null = await this.#client.sendRequest(HoverRequest.type, { textDocument: { uri }, position });
    return (hover?.contents as MarkupContent | undefined)?.value;
  }

  async completion(uri: string, position: Position): Promise<CompletionItem[]> {
    const params = { textDocument: { uri }, position };
    const list = (await this.#client.sendRequest(CompletionRequest.type, params)) as CompletionList | null;
    return list?.items ?? [];
  }

  /** Hears one of the server's notifications from now on. */
  onNotification<Params>(type: NotificationType<Params>, listener: (params: Params) => void): void {
    this.#client.onNotification(type.method, (params: Params) => {
      listener(params);
      this.#conditions.wake();
    });
  }

  /** Sends one of the protocol's own requests. */
  send<Params, Result, Partial, Error, Options>(
    type: ProtocolRequestType<Params, Result, Partial, Error, Options>,
    params: Params,
    token = CancellationToken.None,
  ): Promise<Result> {
    return this.#client.sendRequest(type.method, params as object, token);
  }

  request<Params, Result>(type: RequestType<Params, Result>, params: Params): Promise<Result> {
    return this.#client.sendRequest(type.method, params as object);
  }

  notify<Params>(type: NotificationType<Params>, params: Params): Promise<void> {
    return this.#client.sendNotification(type.method, params as object);
  }

  /** Hears a notification of the server; `until` looks again after each. */
  on<Params>(type: NotificationType<Params>, listener: (params: Params) => void): void {
    this.#client.onNotification(type.method, (params: Params) => {
      listener(params);
      this.#conditions.wake();
    });
  }

  /** What the server has sent by this notification, in order. */
  heard<Params>(type: NotificationType<Params>): Params[] {
    return (this.#heard.get(type.method) ?? []) as Params[];
  }

  /** Resolves when `condition` holds; it is looked at after each notification of the server. */
  until(condition: () => boolean): Promise<void> {
    return this.#conditions.until(condition);
  }

  async close(): Promise<void> {
    await this.#client.sendRequest(ShutdownRequest.type);
    clearInterval(this.#alive);
    this.#client.dispose();
    this.#server.dispose();
  }
}

/** One direction of the channel. */
class Pipe extends Duplex {
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    // Later, as from another process: a write never runs its reader.
    setImmediate(() => this.push(chunk));
    done();
  }
  override _read(): void {
    // Chunks are pushed when they are written.
  }
}
