import type { Log } from '../env';
import type { ModelRef } from './messages';

/** Loaded models of one kind, of which the one used longest ago is freed first. */
export interface Shelf<Model, Ref extends ModelRef> {
  /** The model, loaded where it isn't; rejects as loading does, and the next call tries again, for a model may be mended on disk. */
  open(ref: Ref): Promise<Model>;
  /** Evicts the models that are meant. */
  release(meant: (id: string) => boolean): void;
  /** Frees what was evicted. To be called when nothing computes: a session must not go while it does. */
  free(): Promise<void>;
}

/**
 * Keeps at most `keep` models loaded.
 * @param dispose frees a model
 */
export function createShelf<Model, Ref extends ModelRef>(
  keep: number,
  load: (ref: Ref) => Promise<Model>,
  dispose: (model: Model) => Promise<void>,
  log: Log,
): Shelf<Model, Ref> {
  const models = new Map<string, Promise<Model>>();
  const doomed: Promise<Model>[] = [];
  return {
    open(ref) {
      let model = models.get(ref.id);
      if (model) models.delete(ref.id);
      else {
        const loading = load(ref);
        model = loading;
        loading.catch(() => {
          if (models.get(ref.id) === loading) models.delete(ref.id);
        });
        while (models.size >= keep) {
          const [id, oldest] = models.entries().next().value as [string, Promise<Model>];
          models.delete(id);
          doomed.push(oldest);
        }
      }
      models.set(ref.id, model);
      return model;
    },
    release(meant) {
      for (const [id, model] of models) {
        if (!meant(id)) continue;
        models.delete(id);
        doomed.push(model);
      }
    },
    async free() {
      for (const model of doomed.splice(0)) {
        await model.then(dispose).catch((error: unknown) => log.warn(String(error)));
      }
    },
  };
}
