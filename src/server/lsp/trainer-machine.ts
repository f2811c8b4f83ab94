import { machineArguments } from '../../protocol/train-command';
import type { Settings } from '../../protocol/settings';
import type { Trainer } from '../host/trainer';

/** A trainer that computes with the engine, and on the device, that the settings name when it starts; what it only transfers needs neither. */
export function onMachine(
  trainer: Trainer,
  settings: () => Promise<Pick<Settings, 'engine' | 'device' | 'deviceMemory'>>,
): Trainer {
  const chosen = async (args: readonly string[]) => [...args, ...machineArguments(await settings())];
  return {
    ...trainer,
    start: async (args, ...rest) => trainer.start(await chosen(args), ...rest),
    measure: async (args, signal) => trainer.measure(await chosen(args), signal),
  };
}
