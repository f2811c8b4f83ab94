import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  ConfigurationRequest,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  InlayHintRefreshRequest,
  InlayHintRequest,
  LogMessageNotification,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type InlayHint,
  type InitializeResult,
  type Range,
} from 'vscode-languageserver/node';
import { StatusChanged, type RequestType } from '../../../src/protocol/messages';
import type { ServerStatus } from '../../../src/protocol/status';
import { endWithTests } from '../../support/children';

/** The server bundle as a process, spoken to over its standard streams as another editor would. */
export class ServerProcess {
  readonly logged: string[] = [];
  status: ServerStatus | undefined;
  refreshes = 0;
  readonly #child: ChildProcess;
  readonly #connection;
  #version = 1;

  /** @param bundle the server's bundle; the model host's lies beside it, `models` beside its folder */
  constructor(
    bundle: string,
    private readonly settings: Record<string, unknown> = {},
  ) {
    const preload = pathToFileURL(join(process.cwd(), 'test/fixtures/measure-loop.mjs')).href;
    this.#child = endWithTests(
      fork(bundle, ['--stdio'], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'], execArgv: ['--import', preload] }),
    );
    const { stdout, stdin } = this.#child;
    if (!stdout || !stdin) throw new Error('no streams');
    this.#connection = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.#connection.onNotification(LogMessageNotification.type, ({ message }) => void this.logged.push(message));
    this.#connection.onNotification(StatusChanged.method, (status: ServerStatus) => void (this.status = status));
    this.#connection.onRequest(RegistrationRequest.type, () => undefined);
    this.#connection.onRequest(ConfigurationRequest.type, ({ items }) => items.map(() => this.settings));
    this.#connection.onRequest(InlayHintRefreshRequest.type, () => void this.refreshes++);
    this.#connection.listen();
    // What nobody will answer any more is not waited for.
    this.#child.once('exit', () => this.#connection.dispose());
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async initialize(folder: string): Promise<InitializeResult> {
    const result = await this.#connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: `file://${folder}`, name: 'workspace' }],
      capabilities: { workspace: { configuration: true, inlayHint: { refreshSupport: true } } },
    });
    await this.#connection.sendNotification(InitializedNotification.type, {});
    return result;
  }

  open(uri: string, text: string): Promise<void> {
    const textDocument = { uri, languageId: 'tsv', version: this.#version, text };
    return this.#connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
  }

  replace(uri: string, range: Range, text: string): Promise<void> {
    const textDocument = { uri, version: ++this.#version };
    const contentChanges = [{ range, text }];
    return this.#connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument, contentChanges });
  }

  /** Hints of `count` lines from `line` on. */
  async hints(uri: string, line: number, count: number): Promise<InlayHint[]> {
    const range = { start: { line, character: 0 }, end: { line: line + count - 1, character: 100 } };
    return (await this.#connection.sendRequest(InlayHintRequest.type, { textDocument: { uri }, range })) ?? [];
  }

  request<Params, Result>(type: RequestType<Params, Result>, params: Params): Promise<Result> {
    return this.#connection.sendRequest(type.method, params as object);
  }

  /** Begins to measure the event loop anew. */
  measure(): void {
    this.#child.send({ measure: 'start' });
  }

  /** The most that a turn of the event loop has computed since `measure`, in milliseconds, and the memory held now, in bytes. */
  async measured(): Promise<{ longestTurn: number; memory: number }> {
    const answer = once(this.#child, 'message') as Promise<[{ longestTurn: number; memory: number }]>;
    this.#child.send({ measure: 'read' });
    return (await answer)[0];
  }

  /** Shuts down as the protocol has it; the exit code. */
  async stop(): Promise<number | null> {
    const exit = once(this.#child, 'exit');
    await this.#connection.sendRequest(ShutdownRequest.type);
    await this.#connection.sendNotification(ExitNotification.type);
    const [code] = (await exit) as [number | null];
    return code;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
