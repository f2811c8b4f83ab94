import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { arch, cpus, homedir, platform } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Verdict } from '../inference/faithful';
import { weightsStamp } from '../model/weight-files';
import { nodeFiles } from '../node-files';
import { parseJson } from '../parse-json';

const schema = z.object({ texts: z.number(), agreement: z.number(), moved: z.number(), speed: z.number() });

/** Where verdicts lie: what `ROWLIGHT_CACHE` says, else the user's cache folder. */
export function cacheFolder(): string {
  const told = process.env['ROWLIGHT_CACHE'];
  if (told) return told;
  if (platform() === 'win32') return join(process.env['LOCALAPPDATA'] ?? homedir(), 'rowlight');
  if (platform() === 'darwin') return join(homedir(), 'Library', 'Caches', 'rowlight');
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rowlight');
}

/** A model on the disk, as far as its verdict depends on it. */
export interface JudgedModel {
  /** Folder with its weights. */
  readonly folder: string;
  /** What its logits are divided by; 1 where it is absent. */
  readonly temperature?: number | undefined;
  /** What computes: a GPU with driver and memory in words, whose float16 was judged, or `cpu` (the default), and it is int8. */
  readonly on?: { readonly device: string; readonly hardware?: string | undefined };
}

/** What was found about a model's int8 on a processor of this kind, or its float16 on a GPU with this driver; one small file each, so that nobody waits for a lock. */
export async function readVerdict(model: JudgedModel): Promise<Verdict | undefined> {
  const file = await verdictFile(model);
  if (file === undefined || !(await nodeFiles.exists(file))) return undefined;
  try {
    return parseJson(await nodeFiles.read(file), schema, file);
  } catch {
    // Damaged: found anew.
    return undefined;
  }
}

/** Keeps a verdict. */
export async function writeVerdict(model: JudgedModel, verdict: Verdict): Promise<void> {
  const file = await verdictFile(model);
  if (file !== undefined) await nodeFiles.writeAtomic(file, `${JSON.stringify(verdict)}\n`);
}

/**
 * Where a model's verdict on a kind of processor lies: by folder, sizes and times of its files of weights, temperature, and the processor's name or the GPU's
 * driver. The weights themselves would take a BERT-base 0.3 s to hash at each start; a folder that was copied is judged anew instead.
 */
async function verdictFile({
  folder,
  temperature = 1,
  on = { device: 'cpu' },
}: JudgedModel): Promise<string | undefined> {
  const stamp = await weightsStamp(nodeFiles, stampOf, folder).catch(() => undefined);
  if (stamp === undefined) return undefined;
  const onCpu = on.device === 'cpu';
  const unit = onCpu ? [arch(), cpus()[0]?.model] : [on.device, on.hardware];
  const key = [await realpath(folder), stamp, temperature, ...unit];
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex');
  return join(cacheFolder(), onCpu ? 'int8' : 'float16', `${name}.json`);
}

const stampOf = (path: string): Promise<string | undefined> =>
  stat(path).then(
    ({ size, mtimeMs }) => `${size}-${mtimeMs}`,
    () => undefined,
  );
