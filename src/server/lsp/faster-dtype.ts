import type { Settings } from '../../protocol/settings';
import type { FasterDtype } from '../../protocol/status';
import type { HostEngine, JudgedDtype } from '../host/messages';
import { type Verdict, isFaithful } from '../inference/faithful';
import { readModelConfig } from '../model/model-folder';
import { readVerdict } from '../runs/verdict-cache';
import type { ServerEnv } from './environment';
import type { ModelCard } from './model-of-file';

/** What is known of models' faster precision - int8 on the CPU, float16 on a GPU -, and of what runs models. */
export interface FasterDtypes {
  /** The precision that a model is to predict in; undefined where that is float32. */
  use(card: ModelCard, settings: Settings): Promise<JudgedDtype | undefined>;
  /** The precision that a model might compute in and of which nothing is known; undefined where there is none. */
  unknown(card: ModelCard, settings: Settings): Promise<FasterDtype | undefined>;
  /** The model host starts anew with another engine or device: what it will run models on is guessed until one was loaded. Answers as `runsOn`. */
  restarts(machine: Pick<Settings, 'engine' | 'device'>): boolean;
  /** A model was loaded: from now on it is known what runs models. Answers whether that changes what was said. */
  runsOn(engine: HostEngine): boolean;
  /** A verdict was found: those that were read before are read again. */
  forget(): void;
}

const CPU: HostEngine = { engine: 'onnx', device: 'cpu', faster: 'int8' };

/** Looks verdicts up, each once. */
export function createFasterDtypes({ files }: Pick<ServerEnv, 'files'>): FasterDtypes {
  const verdicts = new Map<string, Promise<Verdict | undefined>>();
  let engine = CPU;

  function verdictOf(card: ModelCard): Promise<Verdict | undefined> {
    const known = verdicts.get(card.id);
    if (known) return known;
    const on = engine;
    const found = readModelConfig(files, card.checkpoint)
      .then(({ rowlight }) =>
        readVerdict({ folder: card.checkpoint, temperature: rowlight?.calibration?.temperature, on }),
      )
      .catch(() => undefined);
    verdicts.set(card.id, found);
    return found;
  }

  /** What there is to choose beside float32; nothing where the user has decided. */
  const candidate = (settings: Settings): FasterDtype | undefined =>
    settings.dtype === 'auto' ? engine.faster : undefined;

  const become = (now: HostEngine): boolean => {
    const same = (['device', 'hardware', 'faster'] as const).every((fact) => now[fact] === engine[fact]);
    engine = now;
    if (!same) verdicts.clear();
    return !same;
  };

  return {
    async use(card, settings) {
      const dtype = candidate(settings);
      const verdict = dtype && (await verdictOf(card));
      return dtype && verdict && isFaithful(verdict) ? { dtype, verdict } : undefined;
    },
    async unknown(card, settings) {
      const dtype = candidate(settings);
      return dtype && (await verdictOf(card)) === undefined ? dtype : undefined;
    },
    restarts({ engine: name, device }) {
      // Whether there is a GPU takes long to find out, and mostly there is none. What is asked for by name has nothing faster until it says so.
      const isCpu = name === 'onnx' && ['auto', 'cpu'].includes(device);
      return become(isCpu ? CPU : { engine: name, device });
    },
    runsOn: become,
    forget: () => verdicts.clear(),
  };
}
