import type { Lineage, RepositoryState, RunMetrics } from '../protocol/metrics';
import { rate } from './numbers';
import type { Phrases } from './phrases';

/** What a run was made from and with, as pairs of a name and a value. */
export function aboutRun(metrics: RunMetrics, say: Phrases): [name: string, value: string][] {
  const { run, base, dev, seed, rowlight, device, judgement } = metrics;
  const { text, textB, label } = run.columns;
  const held = dev ?? say.splitOff;
  return [
    [say.data, run.data],
    [say.heldOutData, judgement === null ? held : `${held} · ${String(judgement.rows)}`],
    [say.columns, `${[text, ...(textB === undefined ? [] : [textB])].join(' + ')} → ${label}`],
    [say.base, base],
    [say.argumentsTitle, argumentsLine(metrics.arguments)],
    [say.seed, String(seed)],
    [say.created, new Date(run.createdAt).toLocaleString(say.lang)],
    ...(device === undefined ? [] : [[say.device, device] as [string, string]]),
    [say.version, rowlight],
    ...lineageLines(metrics.lineage, say),
    [say.folder, run.folder],
  ];
}

/** The versions of what a run was made from, and what computed it. */
export function lineageLines({ data, dev, git, machine }: Partial<Lineage>, say: Phrases): [string, string][] {
  const state = ({ commit, dirty }: RepositoryState): string =>
    [commit.slice(0, 12) || say.noCommit, dirty ? say.uncommitted : say.committed].join(' · ');
  return [
    ...(data === undefined ? [] : [[say.dataHash, data] as [string, string]]),
    ...(dev === undefined ? [] : [[say.heldOutHash, dev] as [string, string]]),
    ...(git?.data ? [[say.dataCommit, state(git.data)] as [string, string]] : []),
    ...(git?.folder ? [[say.folderCommit, state(git.folder)] as [string, string]] : []),
    ...(machine === undefined
      ? []
      : [
          [say.software, `${machine.runtime} · Node ${machine.node} · ${machine.os}`] as [string, string],
          [say.hardware, `${machine.cpu} · ${say.threadsOf(machine.threads, machine.cores)}`] as [string, string],
        ]),
  ];
}

/** `epochs 3, learning-rate 2e-5, …`; the seed has a line of its own. */
export function argumentsLine(given: RunMetrics['arguments']): string {
  return Object.entries(given)
    .filter(([name, value]) => value !== null && name !== 'seed')
    .map(
      ([name, value]) =>
        `${name} ${name === 'learning-rate' && typeof value === 'number' ? rate(value) : String(value)}`,
    )
    .join(', ');
}

/** The last part of a path, of either kind of system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}
