import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../env';
import { nodeFiles } from '../node-files';
import { writeOwnFile } from './manage';

/** Name of the file in a run folder that says whether its model predicts files by itself. */
export const ADOPTION_FILE = 'adoption.json';

const schema = z.object({
  format: z.literal(1),
  /**
   * `pending`: when the run finishes, its model is compared with the one in use before it takes its place. `adopted`: it took it. `declined`: the
   * user kept the former one; the run predicts only what it is chosen for.
   */
  state: z.enum(['pending', 'adopted', 'declined']),
  /** When that came to be, ISO 8601, UTC. */
  at: z.string().max(40),
});

/** What `adoption.json` says. A run without one (made by the command line, or by Rowlight 0.1) is as good as adopted when it was created. */
export type Adoption = Omit<z.infer<typeof schema>, 'format'>;

/** Reads `adoption.json`; undefined where there is none, or one that isn't ours. */
export async function readAdoption(folder: string): Promise<Adoption | undefined> {
  const file = join(folder, ADOPTION_FILE);
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile() || found.size > 1024) return undefined;
  try {
    const { data } = schema.safeParse(JSON.parse(new TextDecoder().decode(await nodeFiles.read(file))));
    return data && { state: data.state, at: data.at };
  } catch {
    return undefined;
  }
}

/** Replaces `adoption.json`. */
export async function writeAdoption(folder: string, state: Adoption['state'], clock: Clock): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  await writeOwnFile(folder, ADOPTION_FILE, `${JSON.stringify({ format: 1, state, at })}\n`);
}
