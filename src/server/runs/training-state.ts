import { z } from 'zod';
import type { Files } from '../env';
import { RowlightError } from '../errors';
import { scoresSchema } from '../model/rowlight-json';
import type { ModelFile } from '../model/model-folder';
import { parseJson } from '../parse-json';
import { readSafetensors, safetensorsParts } from '../model/safetensors';
import type { Weights } from '../model/tensor-map';

/** What follows a checkpoint's name in that of the folder with its training state. */
export const STATE_SUFFIX = '.state';

const positionSchema = z.object({
  /** Optimizer steps done. */
  step: z.int().min(0),
  /** Epoch under way, from 0, and batches of it already done. */
  epoch: z.int().min(0),
  batch: z.int().min(0),
  /** Seed of shuffles, masks and new weights: all are functions of it and of the position. */
  seed: z.int(),
  /** The best checkpoint so far. */
  best: scoresSchema.extend({ step: z.int().min(0) }).optional(),
  /** Sums that go on over a resume, such as the loss since the last report. */
  counters: z.record(z.string(), z.number()).optional(),
});

/** Where training stands: with the checkpoint's weights, all that going on exactly takes. */
export type TrainingState = z.infer<typeof positionSchema> & {
  /** AdamW's running means of the gradients and of their squares, by weight name. */
  readonly means: Weights;
  readonly squares: Weights;
  /** The weights in training, where the checkpoint holds an average of them. */
  readonly raw?: Weights;
};

/** The files of a training-state folder. Like those of a model folder, parts are views of live memory. */
export function stateFiles(state: TrainingState): ModelFile[] {
  const { means, squares, raw = new Map<string, never>(), ...position } = state;
  const moments: Weights = new Map();
  for (const [name, weight] of means) moments.set(`mean.${name}`, weight);
  for (const [name, weight] of squares) moments.set(`square.${name}`, weight);
  for (const [name, weight] of raw) moments.set(`weight.${name}`, weight);
  return [
    { name: 'state.json', parts: [new TextEncoder().encode(`${JSON.stringify({ format: 1, ...position })}\n`)] },
    { name: 'moments.safetensors', parts: safetensorsParts(moments) },
  ];
}

/**
 * Reads the training state beside a checkpoint (`lastCheckpoint` gives its folder). The moments are views of one buffer: copy them into the
 * optimizer's. Rejects with reason `not-found` where the checkpoint has none, `bad-model` where it is broken.
 */
export async function loadTrainingState(files: Files, checkpoint: string): Promise<TrainingState> {
  const folder = checkpoint + STATE_SUFFIX;
  if (!(await files.exists(`${folder}/state.json`))) {
    throw new RowlightError(
      'not-found',
      `${checkpoint}: has no training state to resume from; give it to a new run as --base`,
    );
  }
  const json = await files.read(`${folder}/state.json`);
  parseJson(json, z.object({ format: z.literal(1) }), `${folder}/state.json`);
  const position = parseJson(json, positionSchema, `${folder}/state.json`);
  const file = `${folder}/moments.safetensors`;
  const means: Weights = new Map();
  const squares: Weights = new Map();
  const raw: Weights = new Map();
  for (const [name, weight] of readSafetensors(await files.read(file), file)) {
    const [, kind, rest] = /^(mean|square|weight)\.(.+)$/s.exec(name) ?? [];
    if (rest === undefined) throw new RowlightError('bad-model', `${file}: tensor "${name}" is no moment of AdamW`);
    (kind === 'mean' ? means : kind === 'square' ? squares : raw).set(rest, weight);
  }
  return { ...position, means, squares, ...(raw.size === 0 ? {} : { raw }) };
}
