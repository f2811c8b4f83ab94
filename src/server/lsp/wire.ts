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

/** Sends one of the custom notifications. */
export function notify<Params>(connection: Connection, type: NotificationType<Params>, params: Params): void {
  void connection.sendNotification(type.method, params as object);
}
