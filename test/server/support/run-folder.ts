import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricsLine } from '../../../src/protocol/runs';
import { createRun, type RunRecord } from '../../../src/server/runs/run-folder';

/** Makes a run folder in a workspace as a trainer does, and returns it; `lines` are its metrics so far. */
export async function makeRun(
  root: string,
  id: string,
  changes: Partial<RunRecord> = {},
  lines: readonly MetricsLine[] = [],
): Promise<string> {
  const folder = join(root, '.rowlight', 'runs', id);
  await createRun(folder, {
    id,
    createdAt: '2026-11-23T17:00:00.000Z',
    rowlight: '0.1.0',
    arguments: {},
    data: { path: join(root, 'train.tsv'), sha256: '' },
    base: 'zh-mini',
    seed: 1,
    labels: ['甲', '乙'],
    columns: { text: '问题', label: '场景' },
    headerless: false,
    ...changes,
  });
  appendMetrics(folder, ...lines);
  return folder;
}

/** Appends lines to a run's metrics, as a trainer does. */
export function appendMetrics(folder: string, ...lines: readonly MetricsLine[]): void {
  const content = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(join(folder, 'metrics.jsonl'), content, { flag: 'a' });
}

/** Makes a checkpoint the run's best and last, as far as run folders tell. */
export function pointTo(folder: string, name: string): void {
  mkdirSync(join(folder, 'checkpoints', name), { recursive: true });
  writeFileSync(join(folder, 'checkpoints.json'), JSON.stringify({ format: 1, best: name, last: name }));
}

/** First line of an attempt. */
export function started(step = 0, attempt = 1): MetricsLine {
  return { event: 'started', attempt, step, time: 0, totalSteps: 4, epochs: 1, device: 'onnx cpu' };
}
