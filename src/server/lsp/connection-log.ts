import type { Connection } from 'vscode-languageserver';
import type { Log } from '../env';
import { quietly } from './wire';

/** The server's log: `window/logMessage`, which the client writes to its own log. Never standard output, which may be the transport. */
export function connectionLog(connection: Connection): Log {
  const line = (message: string, data?: object): string => (data ? `${message} ${JSON.stringify(data)}` : message);
  // What is still under way when the client goes, as a host's answer, logs to a connection that is disposed: that throws.
  const send = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, data?: object) =>
    quietly(() => Promise.resolve(connection.console[level](line(message, data))));
  return { debug: send('debug'), info: send('info'), warn: send('warn'), error: send('error') };
}
