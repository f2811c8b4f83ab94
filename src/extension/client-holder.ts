import type * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { NotificationType, RequestType } from '../protocol/messages';

/** The language client: made and started once, when something needs it. Listeners stay across restarts of the server. */
export class ClientHolder {
  #starting: Promise<LanguageClient> | undefined;
  readonly #listeners = new Map<string, ((params: unknown) => void)[]>();
  readonly #answers = new Map<string, (params: unknown) => unknown>();
  readonly #restarted: (() => void)[] = [];

  constructor(
    private readonly extension: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** The running client. Calls while it starts share one start; after a failed start the next call tries again. */
  ready(): Promise<LanguageClient> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  /** Sends one of the requests of the protocol; rejects with the server's one line. `token` cancels it. */
  async request<Params, Result>(
    type: RequestType<Params, Result>,
    params: Params,
    token?: vscode.CancellationToken,
  ): Promise<Result> {
    const client = await this.ready();
    // An absent token must not be passed: it would be sent as a second parameter.
    return token
      ? client.sendRequest<Result>(type.method, params, token)
      : client.sendRequest<Result>(type.method, params);
  }

  /** Listens to one of the notifications of the protocol, beside others. To be called before the server is started. */
  on<Params>(type: NotificationType<Params>, listener: (params: Params) => void): void {
    const others = this.#listeners.get(type.method);
    // The method's name and the type of its parameters belong together: `type` holds both.
    const heard = (params: unknown): void => listener(params as Params);
    if (others) others.push(heard);
    else this.#listeners.set(type.method, [heard]);
  }

  /** Answers one of the server's requests. To be called before the server is started. */
  answer<Params, Result>(type: RequestType<Params, Result>, handler: (params: Params) => Promise<Result>): void {
    this.#answers.set(type.method, (params) => handler(params as Params));
  }

  /** Sends a notification to the server if it was started; one that starts later hears the same in its initialization options. */
  notify<Params>(type: NotificationType<Params>, params: Params): void {
    this.#starting
      ?.then((client) => client.sendNotification(type.method, params as object))
      .catch((error: unknown) => this.log.error(String(error)));
  }

  /** Called when the server runs again after a crash: what happened meanwhile was not announced. */
  onRestart(listener: () => void): void {
    this.#restarted.push(listener);
  }

  async stop(): Promise<void> {
    const client = await this.#starting?.catch(() => undefined);
    await client?.stop();
  }

  async #start(): Promise<LanguageClient> {
    // Evaluates the client library only now, so that activation stays cheap.
    const { createClient, onRunning } = await import('./client');
    const client = createClient(this.extension, this.log);
    // The client keeps one handler a notification, so that all its listeners share one.
    for (const [method, listeners] of this.#listeners) {
      client.onNotification(method, (params: unknown) => {
        for (const listener of listeners) listener(params);
      });
    }
    for (const [method, handler] of this.#answers) client.onRequest(method, handler);
    await client.start();
    onRunning(client, () => {
      for (const listener of this.#restarted) listener();
    });
    return client;
  }
}
