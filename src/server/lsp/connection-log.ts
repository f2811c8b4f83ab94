import type { Connection } from 'vscode-languageserver';
import type { Log } from '../env';

/** The server's log: `window/logMessage`, which the client writes to its own log. Never standard output, which may be the transport. */
export function connectionLog(connection: Connection): Log {
  const line = (message: string, data?: object): string => (data ? `${message} ${JSON.stringify(data)}` : message);
  return {
    debug: (message, data) => connection.console.debug(line(message, data)),
    info: (message, data) => connection.console.info(line(message, data)),
    warn: (message, data) => connection.console.warn(line(message, data)),
    error: (message, data) => connection.console.error(line(message, data)),
  };
}
