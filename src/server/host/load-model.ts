import type { Engine } from '../engine/engine';
import { fasterDtype } from '../engine/faster-dtype';
import type { TextInput } from '../inference/prediction';
import { createEncoder } from '../inference/encoder';
import { createPredictor } from '../inference/predictor';
import type { Pooling } from '../model/pooling';
import { loadClassifier, loadEncoder } from '../runs/load-classifier';
import type { Tokenizer } from '../tokenizer/encoding';
import type { LoadedHostEncoder, LoadedHostModel } from './host';
import type { HostEngine, ModelRef, TokenView } from './messages';

/** Longest text, in UTF-16 units, whose whole number of tokens is counted for a hover. */
const COUNTED = 20_000;

/** Loads a model to predict with on `engine`; in float32 where its device lacks the precision that is asked for. Rejects with a `RowlightError` that names the file and the remedy. */
export async function loadHostModel(engine: Engine, { folder, dtype }: ModelRef): Promise<LoadedHostModel> {
  const { model } = await loadClassifier(folder);
  const predictor = await createPredictor(engine, model, dtype === fasterDtype(engine) ? dtype : undefined);
  const { tokenizer, maxLength } = model;
  return {
    predictor,
    tokenize: (input) => tokenView(tokenizer, maxLength, input),
    ...hostEngine(engine),
  };
}

/** Loads a model folder to encode texts on `engine`. Rejects with a `RowlightError` that names the file and the remedy. */
export async function loadHostEncoder(engine: Engine, folder: string, pooling: Pooling): Promise<LoadedHostEncoder> {
  return { encoder: await createEncoder(engine, await loadEncoder(folder), pooling), ...hostEngine(engine) };
}

/** What the server is told of an engine. */
export function hostEngine(engine: Engine): HostEngine {
  const { name, device, hardware, note } = engine;
  const faster = fasterDtype(engine);
  return {
    engine: name,
    device,
    ...(hardware === undefined ? {} : { hardware }),
    ...(note === undefined ? {} : { note }),
    ...(faster === undefined ? {} : { faster }),
  };
}

/** A text as the model sees it, and how many tokens it would have without the limit. */
export function tokenView(tokenizer: Tokenizer, maxLength: number, { text, textB }: TextInput): TokenView {
  const { tokens, offsets, truncated } = tokenizer.encode(text, textB, maxLength);
  const whole = (part: string | undefined): string | undefined => part?.slice(0, COUNTED);
  const total = truncated
    ? tokenizer.encode(whole(text) ?? '', whole(textB), Number.MAX_SAFE_INTEGER).tokens.length
    : tokens.length;
  return { tokens, offsets: [...offsets], truncated, total };
}
