import type { EngineName } from '../../protocol/settings';
import type { Trainer } from '../host/trainer';

/** A trainer whose commands compute with the engine that is chosen when they start. */
export function onEngine(trainer: Trainer, engine: () => EngineName): Trainer {
  const chosen = (args: readonly string[]) => (engine() === 'onnx' ? [...args] : [...args, '--engine', engine()]);
  return {
    ...trainer,
    start: (args, ...rest) => trainer.start(chosen(args), ...rest),
    measure: (args, signal) => trainer.measure(chosen(args), signal),
  };
}
