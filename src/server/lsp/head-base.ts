import { isAbsolute, join } from 'node:path';
import { DEFAULT_BASE, type ServerEnv } from './environment';
import type { ModelCards } from './model-cards';
import type { HeadBase } from './provisional';
import type { Runs } from './runs';
import type { Trust } from './trust';
import type { Workspace } from './workspace';

/** What tells the base model of a file. */
export interface HeadBaseParts {
  readonly env: Pick<ServerEnv, 'bundledModels'>;
  readonly cards: ModelCards;
  readonly runs: Runs;
  readonly workspace: Workspace;
  readonly trust: Pick<Trust, 'granted'>;
}

/**
 * The base model whose features predict a file provisionally: the one that the newest run of its workspace started from, where that is a folder
 * that is still there, else the one that comes with Rowlight, and in Restricted Mode always that. Undefined where there is none.
 */
export async function headBaseOf(
  uri: string,
  { env, cards, runs, workspace, trust }: HeadBaseParts,
): Promise<HeadBase | undefined> {
  const root = trust.granted ? workspace.rootOf(uri) : undefined;
  const newest =
    root === undefined ? [] : [...(await runs.of(root))].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const own = newest.find(({ base }) => isAbsolute(base))?.base;
  for (const folder of [own, join(env.bundledModels, DEFAULT_BASE)]) {
    const card = folder === undefined ? undefined : await cards.tryRead(folder);
    if (card && !('failure' in card)) return { model: { id: card.id, folder: card.checkpoint }, name: card.name };
  }
  return undefined;
}
