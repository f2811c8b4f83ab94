import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { Listening } from '../serve/listening';
import { lastLine } from './trainer';

/** A `rowlight serve` that listens. */
export interface ServingProcess extends Listening {
  /** Lets it answer what it has, for some seconds, and resolves once it ended. */
  stop(): Promise<void>;
  /** Resolves with its last line when it ended. */
  readonly ended: Promise<string>;
}

/** Starts serving; rejects with a `RowlightError` of the command's last line, reason `cancelled` where `signal` ended it. */
export type StartServing = (args: readonly string[], signal: AbortSignal) => Promise<ServingProcess>;

/** Milliseconds for answers that are under way when it is stopped. */
const GRACE = 5000;

/**
 * Runs the bundle `cli` as `serve`, by the Node (or Electron as Node) that runs this process. What it says goes to the log. It stops when the channel
 * closes, so that a killed server leaves none behind.
 */
export function servingProcess(cli: string, log: Log): StartServing {
  return (args, signal) =>
    new Promise((resolve, reject) => {
      const child = fork(cli, ['serve', ...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
      let said = '';
      const lines = createInterface({ input: child.stderr! }).on('line', (line) => {
        if (line.trim() !== '') said = line;
        log.info(`serve: ${line}`);
      });
      const read = new Promise<void>((done) => lines.on('close', done));
      const kill = (): void => void child.kill('SIGKILL');
      signal.addEventListener('abort', kill);
      if (signal.aborted) kill();
      // Not `close`: Node gives none where this side has closed the channel.
      const ended = new Promise<string>((end) => {
        child.on('error', (error) => end(error.message));
        child.on(
          'exit',
          (code, by) => void read.then(() => end(lastLine(said) || (by ?? `code ${code ?? 'unknown'}`))),
        );
      });
      const stop = async (): Promise<void> => {
        if (child.connected) child.disconnect();
        const late = setTimeout(kill, GRACE);
        await ended;
        clearTimeout(late);
      };
      child.once('message', (listening: Listening) => {
        signal.removeEventListener('abort', kill);
        resolve({ ...listening, stop, ended });
      });
      void ended.then((message) => {
        signal.removeEventListener('abort', kill);
        reject(
          signal.aborted ? new RowlightError('cancelled', 'Cancelled.') : new RowlightError('bad-argument', message),
        );
      });
    });
}
