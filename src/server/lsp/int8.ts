import type { Settings } from '../../protocol/settings';
import { type Verdict, isFaithful } from '../inference/faithful';
import { readModelConfig } from '../model/model-folder';
import { readVerdict } from '../runs/verdict-cache';
import type { ServerEnv } from './environment';
import type { ModelCard } from './model-of-file';

/** What is known of models' int8, and where models run. */
export interface Int8 {
  /** The verdict by which a model is to predict in int8; undefined where it computes in float32. */
  use(card: ModelCard, settings: Settings): Promise<Verdict | undefined>;
  /** Whether nothing is known of a model that might compute in int8. */
  unknown(card: ModelCard, settings: Settings): Promise<boolean>;
  /** A model was loaded: from now on it is known where models run. Answers whether that changes what was said. */
  runsOn(device: string): boolean;
  /** A verdict was found: those that were read before are read again. */
  forget(): void;
}

/** Looks verdicts up, each once. */
export function createInt8({ files }: Pick<ServerEnv, 'files'>): Int8 {
  const verdicts = new Map<string, Promise<Verdict | undefined>>();
  let device = 'cpu';

  function verdictOf(card: ModelCard): Promise<Verdict | undefined> {
    const known = verdicts.get(card.id);
    if (known) return known;
    const found = readModelConfig(files, card.checkpoint)
      .then(({ rowlight }) => readVerdict({ folder: card.checkpoint, temperature: rowlight?.calibration?.temperature }))
      .catch(() => undefined);
    verdicts.set(card.id, found);
    return found;
  }

  /** Whether the user and the machine leave the choice. */
  const open = (settings: Settings): boolean =>
    settings.dtype === 'auto' &&
    settings.engine === 'onnx' &&
    ['auto', 'cpu'].includes(settings.device) &&
    device === 'cpu';

  return {
    async use(card, settings) {
      const verdict = open(settings) ? await verdictOf(card) : undefined;
      return verdict && isFaithful(verdict) ? verdict : undefined;
    },
    unknown: async (card, settings) => open(settings) && (await verdictOf(card)) === undefined,
    runsOn(now) {
      const changes = (now === 'cpu') !== (device === 'cpu');
      device = now;
      return changes;
    },
    forget: () => verdicts.clear(),
  };
}
