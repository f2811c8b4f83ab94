import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { EngineName } from '../../protocol/settings';
import type { Log } from '../env';
import type { HostProcess } from './client';
import type { FromHost } from './messages';

/** What a model host is started with. */
export interface HostOptions {
  /** Threads inside one operation; 0 leaves it to the engine. */
  readonly threads: number;
  readonly engine: EngineName;
  /** `auto`, `cpu` or an execution provider. */
  readonly device: string;
  /** How many models a server answers with; absent where the host serves an editor, for which nothing may take long. */
  readonly serving?: number;
  /** Whether everything else on the machine goes first. */
  readonly idle?: boolean;
}

/**
 * Forks a model host from its bundle. Structured-clone messages (`serialization: 'advanced'`); what it writes on its standard streams goes
 * to the log. It ends by itself when the channel closes, so a killed server leaves none behind.
 */
export function forkHost(bundle: string, options: HostOptions, log: Log): HostProcess {
  const args = ['--threads', String(options.threads), '--engine', options.engine, '--device', options.device];
  if (options.serving !== undefined) args.push('--serving', String(options.serving));
  const child = fork(bundle, args, {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => log.info(`model host: ${line}`));
  }
  if (options.idle)
    child.on('spawn', () => {
      try {
        setPriority(child.pid!, constants.priority.PRIORITY_LOW);
      } catch (error) {
        log.debug('the model host keeps its priority', { error: String(error) });
      }
    });
  let ended = false;
  const listeners: ((reason: string) => void)[] = [];
  const end = (reason: string): void => {
    if (ended) return;
    ended = true;
    for (const listener of listeners) listener(reason);
  };
  child.on('exit', (code, signal) => end(signal ? `signal ${signal}` : `code ${code ?? 'unknown'}`));
  // A process that can't be started has no exit event.
  child.on('error', (error) => end(error.message));
  return {
    // The callback keeps a send to a dying process from throwing; its exit is what counts.
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    onMessage: (listener) => child.on('message', (message) => listener(message as FromHost)),
    onExit: (listener) => listeners.push(listener),
    kill: () => child.kill(),
  };
}
