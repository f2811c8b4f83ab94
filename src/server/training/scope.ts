import { RowlightError } from '../errors';

/** What is trained: everything, the head alone, the last layers with it (`last-2`), or adapters beside a frozen encoder with it. */
export type TrainScope = 'full' | 'head' | 'lora' | `last-${number}`;

/** Reads a scope as people write it; undefined where it is none. */
export function parseScope(text: string): TrainScope | undefined {
  return /^(full|head|lora|last-[1-9]\d{0,2})$/.test(text) ? (text as TrainScope) : undefined;
}

/**
 * The first layer that is trained: the number of layers for the head alone, undefined where there is no border between layers. Throws a `RowlightError` of reason
 * `bad-argument` where the model has fewer layers than are asked for.
 */
export function firstTrainedLayer(scope: TrainScope, layers: number): number | undefined {
  if (scope === 'full' || scope === 'lora') return undefined;
  if (scope === 'head') return layers;
  const last = Number(scope.slice('last-'.length));
  if (last > layers) throw new RowlightError('bad-argument', `--train ${scope}: the model has ${layers} layers`);
  return layers - last;
}
