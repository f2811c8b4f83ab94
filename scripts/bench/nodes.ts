import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** How many nodes of each operator each execution provider ran. */
export type Nodes = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Reads ONNX Runtime's profiles of a folder; sessions that were not ended have left theirs empty. */
export function nodesByProvider(folder: string): Nodes {
  const providers: Record<string, Record<string, number>> = {};
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    if (text === '') continue;
    const events = JSON.parse(text) as { cat: string; args?: { op_name?: string; provider?: string } }[];
    for (const { cat, args } of events) {
      if (cat !== 'Node' || args?.provider === undefined || args.op_name === undefined) continue;
      const types = (providers[args.provider] ??= {});
      types[args.op_name] = (types[args.op_name] ?? 0) + 1;
    }
  }
  return providers;
}

/** The operators of a provider, the most frequent first. */
export function describeNodes(types: Readonly<Record<string, number>> = {}): string {
  const total = Object.values(types).reduce((sum, count) => sum + count, 0);
  const sorted = Object.entries(types).sort((a, b) => b[1] - a[1]);
  return `${total} (${sorted.map(([type, count]) => `${type} ${count}`).join(', ')})`;
}
