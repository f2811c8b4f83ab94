import type { Engine } from '../engine/engine';
import type { Log } from '../env';
import { DeviceFailure } from '../errors';

/** Whether a run that broke off with this error goes on on the CPU: its device failed, and there is a CPU to turn to. */
export function goesOnOnCpu(error: unknown, { onCpu }: Engine): error is DeviceFailure {
  return DeviceFailure.is(error) && onCpu !== undefined;
}

/**
 * Trains a run. Where the device fails, it goes on from its last checkpoint on the CPU, to its end and as an attempt of its own: what was computed since lay in
 * the device's memory. The next run takes the device again.
 *
 * @param goOn goes on with the run in the world it is given
 */
export async function whileDeviceLasts<World extends { readonly engine: Engine; readonly log: Log }, Outcome>(
  world: World,
  train: (world: World) => Promise<Outcome>,
  goOn: (world: World) => Promise<Outcome>,
): Promise<Outcome> {
  const { engine } = world;
  try {
    return await train(world);
  } catch (error) {
    if (!goesOnOnCpu(error, engine)) throw error;
    const [line] = error.message.split('\n');
    world.log.warn(`${engine.device} failed (${line}): the run goes on from its last checkpoint on the CPU`);
    return goOn({ ...world, engine: engine.onCpu!() });
  }
}
