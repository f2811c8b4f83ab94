import { nodeFiles } from '../node-files';

/**
 * Looks into the folders of one place again and again, with what was found in each the last time at hand.
 * @param look what a folder holds, by its name; undefined: nothing of interest
 */
export function knownFolders<Known>(
  place: string,
  look: (name: string, before: Known | undefined) => Promise<Known | undefined>,
): () => Promise<Known[]> {
  let known = new Map<string, Known>();
  return async () => {
    const next = new Map<string, Known>();
    for (const name of await nodeFiles.list(place)) {
      // Being deleted, or another program's.
      if (name.startsWith('.')) continue;
      const found = await look(name, known.get(name));
      if (found) next.set(name, found);
    }
    known = next;
    return [...next.values()];
  };
}
