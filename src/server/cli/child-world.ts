import type { Command, Option } from 'commander';
import type { CrossvalWorld } from '../runs/crossval/cross-validate';
import { childProgress } from './child-progress';
import { givenArguments } from './given-arguments';
import { stopSignal } from './stop-signal';
import { stderrLog, systemClock } from './world';

/** What a command that makes several runs is called with. */
export interface ChildCommand {
  /** The parsed command. */
  readonly command: Command;
  /** The options of `train` that the process of a run takes. */
  readonly training: readonly Option[];
  /** Version of Rowlight. */
  readonly version: string;
}

/** Options that concern a process, not what it computes: what goes on may have others. */
const PROCESS_OPTIONS = ['--threads', '--engine', '--device', '--device-memory', '--verbose'];

/** Options that the process of a run doesn't get as part of what it computes; what it prints is nobody's. */
const NOT_PASSED = [...PROCESS_OPTIONS, '--json'];

/** What making several runs needs, shown on standard error and stopped by Ctrl+C until released; and the arguments of `train` that were given. */
export function childWorld({ command, training, version }: ChildCommand, verbose: boolean) {
  const stop = stopSignal();
  const given = (wanted: (long: string) => boolean) =>
    givenArguments(
      command,
      training.filter(({ long }) => wanted(long ?? '')),
    );
  const world: CrossvalWorld = {
    cli: process.argv[1]!,
    clock: systemClock,
    log: stderrLog(verbose),
    version,
    signal: stop.signal,
    engine: given((long) => PROCESS_OPTIONS.includes(long)),
    ...childProgress(() => Date.now()),
  };
  return { world, passed: given((long) => !NOT_PASSED.includes(long)), release: stop.release };
}
