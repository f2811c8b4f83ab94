import { createHash } from 'node:crypto';
import { arch, cpus, homedir, platform } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Verdict } from '../inference/faithful';
import type { ClassifierModel } from '../inference/predictor';
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

/** What was found about a model's int8 on a processor of this kind; one small file each, so that nobody waits for a lock. */
export async function readVerdict(model: ClassifierModel): Promise<Verdict | undefined> {
  const folder = join(cacheFolder(), 'int8');
  // Weights are hashed only where there is anything to find.
  if ((await nodeFiles.list(folder)).length === 0) return undefined;
  const file = join(folder, `${verdictKey(model)}.json`);
  if (!(await nodeFiles.exists(file))) return undefined;
  try {
    return parseJson(await nodeFiles.read(file), schema, file);
  } catch {
    // Damaged: found anew.
    return undefined;
  }
}

/** Keeps a verdict. */
export async function writeVerdict(model: ClassifierModel, verdict: Verdict): Promise<void> {
  const file = join(cacheFolder(), 'int8', `${verdictKey(model)}.json`);
  await nodeFiles.writeAtomic(file, `${JSON.stringify(verdict)}\n`);
}

/** Names a model on a kind of processor: a hash of its weights and temperature, and of the processor's name. */
function verdictKey({ weights, temperature = 1 }: ClassifierModel): string {
  const hash = createHash('sha256');
  for (const name of [...weights.keys()].sort()) {
    const { shape, data } = weights.get(name)!;
    hash.update(`${name}:${shape.join()}\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.update(JSON.stringify([temperature, arch(), cpus()[0]?.model])).digest('hex');
}
