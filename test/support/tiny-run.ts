import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { silentLog } from '../../src/server/env';
import type { FineTuneRequest } from '../../src/server/runs/fine-tune';
import type { Follower, TrainingWorld } from '../../src/server/runs/follow-training';
import type { Patience } from '../../src/server/training/advice';
import { DEFAULT_OBJECTIVE } from '../../src/server/training/losses/objective';
import { GOLDEN, testEngine } from './model';

/** The folder of the tiny golden model, a base that trains in milliseconds. */
export const TINY_BASE = join(GOLDEN, 'tiny');

/** A folder that goes with the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rowlight-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Words whose first tells the label, so that even the tiny model learns something. */
const WORDS = ['我', '你', '他', '身', '份', '证', '怎', '么', '办', '护', '照'];

/** Rows of three labels and of many lengths. */
export function tinyRows(count: number): { label: string; text: string }[] {
  return Array.from({ length: count }, (_, row) => ({
    label: ['red', 'green', 'blue'][row % 3]!,
    text:
      WORDS[row % 3]! +
      Array.from({ length: 1 + ((row * 7) % 23) }, (_, i) => WORDS[3 + ((row * 5 + i * i) % 8)]).join(''),
  }));
}

/** Writes a TSV of such rows and returns its path. */
export function tinyData(folder: string, rows = 60): string {
  const path = join(folder, 'rows.tsv');
  writeFileSync(
    path,
    `label\ttext\n${tinyRows(rows)
      .map(({ label, text }) => `${label}\t${text}\n`)
      .join('')}`,
  );
  return path;
}

/** Training to the end at the scheduled rate. */
export const PATIENT: Patience = { metric: 'macro-f1', stopAfter: 0, plateauAfter: 0, plateauFactor: 0.5 };

/** A follower that hears nothing. */
export const deaf: Follower = { started() {}, stepped() {}, evaluated() {} };

/** A run over the tiny data: two epochs of six steps. */
export function tinyRequest(folder: string, changes: Partial<FineTuneRequest> = {}): FineTuneRequest {
  return {
    data: tinyData(folder),
    columns: {},
    base: TINY_BASE,
    output: join(folder, 'run'),
    batchSize: 8,
    learningRate: 2e-3,
    epochs: 2,
    warmup: 0.1,
    schedule: 'linear',
    patience: PATIENT,
    head: 'cls',
    objective: DEFAULT_OBJECTIVE,
    scope: 'full',
    seed: 7,
    ...changes,
  };
}

/** What a run needs. `signal` stops it. */
export function tinyWorld(changes: Partial<TrainingWorld> = {}): TrainingWorld {
  return {
    engine: testEngine,
    clock: { now: () => Date.now() },
    log: silentLog,
    version: '0.0.0',
    memoryBudget: 1e9,
    signal: new AbortController().signal,
    follower: deaf,
    ...changes,
  };
}
