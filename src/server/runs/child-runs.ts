import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { MetricsLine } from '../../protocol/runs';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { nodeFiles } from '../node-files';
import { lockOwner } from './lock';
import { followMetrics } from './metrics';
import { CANCEL_FILE } from './run-folder';
import { currentStage } from './stages-record';

/*
 * Several runs that are made one after the other, each by a process of its own in a folder of its own within that of the whole: the folds of a
 * cross-validation, the points of a grid. Those that are done already are kept.
 */

/** One of the runs. */
export interface ChildRun {
  /** `fold-1` */
  readonly name: string;
  readonly folder: string;
  /** Whether it is done: then it is not started. */
  finished(): Promise<boolean>;
  /** Arguments of the command line that begins it, or goes on with what an earlier process left. */
  command(): Promise<readonly string[]>;
}

/** Where the runs stand, for whoever shows it. */
export interface ChildProgress {
  readonly child: ChildRun;
  /** Its number, from 1. */
  readonly number: number;
  /** How many runs there are. */
  readonly of: number;
  /** Lines of its metrics since the last time, in order. */
  readonly lines: readonly MetricsLine[];
}

/** What making them needs. */
export interface ChildWorld {
  /** The folder of the whole: a file `cancel` in it stops. The caller holds its lock. */
  readonly folder: string;
  /** How to go on: `rowlight crossval --resume DIR`. */
  readonly resume: string;
  /** The bundle of the command line. */
  readonly cli: string;
  readonly signal: AbortSignal;
  readonly log: Log;
  progressed(progress: ChildProgress): void;
  /** A run came to its end. `seconds`: what its process took. */
  done(progress: Omit<ChildProgress, 'lines'> & { readonly seconds: number }): Promise<void>;
}

/** Name of what a run's process says, in its folder. */
const CHILD_LOG = 'trainer.log';

/** How often a run's files are looked at, in milliseconds. */
const POLL = 250;

/**
 * Makes all runs that are not done yet. Rejects with reason `cancelled` where `signal` or a file `cancel` stopped it, with another where a run
 * failed; in both cases what is done is kept, and the message says how to go on.
 */
export async function makeChildRuns(children: readonly ChildRun[], world: ChildWorld): Promise<void> {
  for (const [index, child] of children.entries()) {
    if (await child.finished()) continue;
    const place = { child, number: index + 1, of: children.length };
    await othersEnd(child, world);
    if (await isStopped(world)) throw stopped(child, world);
    const began = performance.now();
    const ended = await runChild(place, world);
    if (ended.stopped) throw stopped(child, world);
    if (ended.code !== 0) throw await failed(child, ended, world);
    await world.done({ ...place, seconds: (performance.now() - began) / 1000 });
  }
}

/** Waits for a process that an earlier, killed one of ours left behind: it ends after its step, since nobody listens to it any more. */
async function othersEnd({ name, folder }: ChildRun, world: ChildWorld): Promise<void> {
  if (!(await nodeFiles.exists(folder))) return;
  for (let waited = 0; (await lockOwner(folder)) !== undefined; waited += POLL) {
    if (waited === 4 * POLL) world.log.info(`${name}: waiting for an earlier process to end`);
    if (await isStopped(world)) return;
    await delay(POLL);
  }
}

/** How a run's process ended, and whether it was asked to. */
interface Ended {
  readonly code: number | null;
  readonly killer: NodeJS.Signals | null;
  readonly stopped: boolean;
}

/**
 * Runs a child's process to its end. Its channel to us is its life line: cutting it asks the child to stop after its step, and so does our own death.
 * It has a process group of its own, so that a Ctrl+C on the terminal reaches us alone.
 */
async function runChild(place: Omit<ChildProgress, 'lines'>, world: ChildWorld): Promise<Ended> {
  const { child } = place;
  const args = await child.command();
  const stage = await currentStage(child.folder);
  mkdirSync(child.folder, { recursive: true });
  const output = openSync(join(child.folder, CHILD_LOG), 'a');
  const process_ = spawn(process.execPath, [world.cli, ...args], {
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
    windowsHide: true,
  });
  closeSync(output);
  const exit = new Promise<Pick<Ended, 'code' | 'killer'>>((resolve, reject) => {
    process_.on('error', reject);
    process_.on('exit', (code, killer) => resolve({ code, killer }));
  });
  let stop = false;
  const offsets = new Map<string, number>([[stage, (await followMetrics(stage)).offset]]);
  const look = async (): Promise<void> => {
    const now = await currentStage(child.folder);
    const chunk = await followMetrics(now, offsets.get(now));
    offsets.set(now, chunk.offset);
    if (chunk.lines.length > 0) world.progressed({ ...place, lines: chunk.lines });
    if (!stop && (await isStopped(world))) {
      stop = true;
      if (process_.connected) process_.disconnect();
    }
  };
  for (;;) {
    const ended = await Promise.race([exit, delay(POLL)]);
    await look();
    if (ended) return { ...ended, stopped: stop && ended.code !== 0 };
  }
}

async function isStopped({ signal, folder }: ChildWorld): Promise<boolean> {
  return signal.aborted || (await nodeFiles.exists(join(folder, CANCEL_FILE)));
}

function stopped({ name }: ChildRun, { folder, resume }: ChildWorld): RowlightError {
  return new RowlightError('cancelled', `${folder}: stopped at ${name}; go on with ${resume}`);
}

async function failed(child: ChildRun, { code, killer }: Ended, { folder, resume }: ChildWorld) {
  const log = await nodeFiles.read(join(child.folder, CHILD_LOG)).catch(() => new Uint8Array());
  const said = (new TextDecoder().decode(log).trim().split('\n').at(-1) ?? '').replace(/^rowlight: /, '');
  // A process that the system kills without a word has mostly asked for too much memory.
  const what = killer
    ? `its process was ended by ${killer}; the memory may not suffice`
    : said || `code ${code ?? '?'}`;
  return new RowlightError('bad-data', `${folder}: ${child.name} failed: ${what}. Go on with ${resume}`);
}
