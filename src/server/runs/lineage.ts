import { arch, cpus, release, type } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Engine } from '../engine/engine';
import { gitStateOfFile, gitStateOfFolder, gitStateSchema } from './git-state';

/** What computed an attempt at a run: on the same of it, the same run comes out bit for bit. */
export const machineSchema = z.object({
  rowlight: z.string(),
  node: z.string(),
  /** Name and version of what runs the graphs. */
  runtime: z.string(),
  device: z.string(),
  /** Threads of an operation. */
  threads: z.int(),
  os: z.string(),
  cpu: z.string(),
  cores: z.int(),
});

/** What computed an attempt at a run. */
export type Machine = z.infer<typeof machineSchema>;

/** A process that worked on a run. */
export const attemptSchema = z.object({
  attempt: z.int().min(1),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  pid: z.int(),
  /** The step that it went on from. */
  resumedFrom: z.int().min(0).optional(),
  /** What computes it; runs of Rowlight 0.1 lack it. */
  machine: machineSchema.optional(),
});

/** Repositories at a run's beginning: that of its data file and that of the working folder; either is absent where there is none. */
export const gitSchema = z.object({ data: gitStateSchema.optional(), folder: gitStateSchema.optional() });

/** Describes this machine. @param rowlight version of Rowlight */
export function describeMachine(engine: Pick<Engine, 'runtime' | 'device' | 'threads'>, rowlight: string): Machine {
  const processors = cpus();
  return {
    rowlight,
    node: process.version,
    runtime: engine.runtime,
    device: engine.device,
    threads: engine.threads,
    os: `${type()} ${release()} ${arch()}`,
    cpu: processors[0]?.model.trim() ?? '',
    cores: processors.length,
  };
}

/** How the repositories of a run stand; takes seconds at most, and never fails. */
export async function describeGit(data: string): Promise<z.infer<typeof gitSchema>> {
  const [file, folder] = await Promise.all([gitStateOfFile(resolve(data)), gitStateOfFolder(process.cwd())]);
  return { ...(file ? { data: file } : {}), ...(folder ? { folder } : {}) };
}
