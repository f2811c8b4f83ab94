import type { Connection } from 'vscode-languageserver';
import type { NotificationType, RequestType } from '../../protocol/messages';
import type { Log } from '../env';
import { handler, type Call } from './handler';

/** Answers one of the custom requests; an expected failure reaches the client as the request's error, in one line. */
export function answer<Params, Result>(
  connection: Connection,
  log: Log,
  type: RequestType<Params, Result>,
  run: (params: Params, call: Call) => Promise<Result> | Result,
): void {
  const wrapped = handler<Params, Result | null>(log, type.method, null, run, 'answered');
  connection.onRequest(type.method, (params: Params, token) => wrapped(params, token));
}

/** Sends one of the custom notifications; a client that has gone needs none. */
export function notify<Params>(connection: Connection, type: NotificationType<Params>, params: Params): void {
  quietly(() => connection.sendNotification(type.method, params as object));
}

/** Sends something whose failure, thrown or rejected, can only mean that the client has gone. */
export function quietly(send: () => Promise<void>): void {
  try {
    send().catch(() => undefined);
  } catch {
    // The connection was disposed.
  }
}
