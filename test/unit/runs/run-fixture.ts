import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { modelFolderFiles } from '../../../src/server/model/model-folder';
import type { Weight, Weights } from '../../../src/server/model/tensor-map';
import { saveCheckpoint } from '../../../src/server/runs/checkpoints';
import type { RunRecord } from '../../../src/server/runs/run-folder';
import { ODD, oddWeights } from '../model/odd-bert';

/** Label names of the checkpoints that `save` writes. */
export const LABELS = ['报警', '咨询', '投诉'];

/** An empty folder that is removed after the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rowlight-run-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What `createRun` takes. */
export const RECORD: Omit<RunRecord, 'format' | 'attempts'> = {
  id: '2026-11-23-165117-3f9a',
  createdAt: '2026-11-23T16:51:17.000Z',
  rowlight: '0.1.0',
  arguments: { epochs: 3, 'learning-rate': 2e-5, resume: null },
  data: { path: 'samples/train.tsv', sha256: 'ab' },
  base: 'models/zh-mini',
  seed: 42,
  labels: LABELS,
  columns: { text: '问题', label: '场景' },
  headerless: false,
  split: { fraction: 0.2, heldOut: [{ row: 3, hash: '0123456789abcdef' }] },
};

/** The weights of the checkpoint of `step`: every step's are different, and known. */
export function weightsOf(step: number): Weights {
  return oddWeights(LABELS.length, step + 1);
}

/** The moments of the state of `step`. */
export function momentsOf(step: number, scale: number): Weights {
  const one: Weight = { shape: [2], data: Float32Array.of(step * scale, scale) };
  return new Map([['bert.pooler.dense.bias', one]]);
}

/** Saves a small checkpoint whose content can be told from its step. */
export function save(run: string, step: number, best: boolean): Promise<string> {
  const tokenizer = { vocabTxt: '[PAD]\n[UNK]\n', tokenizerConfigJson: '{}' };
  const files = modelFolderFiles({
    config: ODD,
    weights: weightsOf(step),
    labels: LABELS,
    tokenizer,
    rowlight: { format: 1 },
  });
  const position = {
    step,
    epoch: 1,
    batch: step % 7,
    seed: 42,
    best: { step: 1, accuracy: 0.5, macroF1: 0.25, loss: 1 },
  };
  return saveCheckpoint(run, {
    files,
    state: { ...position, means: momentsOf(step, 1), squares: momentsOf(step, 2) },
    best,
  });
}
