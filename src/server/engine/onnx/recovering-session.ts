import { DeviceFailure } from '../../errors';
import type { OrtTensor } from './session';

/** As much of a session as computing takes. */
export interface RunningSession {
  run(
    feeds: Record<string, OrtTensor>,
    fetches: Record<string, OrtTensor | null>,
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/** A session that another one may stand in for. */
export interface RecoveringSession extends RunningSession {
  /** Whether the device computes, and not the CPU. */
  onDevice(): boolean;
}

/** How long a device that failed is left alone: a driver that was reset, or a machine that woke up, is there again within seconds. */
export const RETRY_MS = 60_000;

/**
 * A session on a device that goes on on the CPU where the device fails, and back on the device once that works again. Both changes say so in one line.
 * @param make makes the session on the device or on the CPU; a failure of the device is a `DeviceFailure`
 */
export async function createRecoveringSession(
  make: (onDevice: boolean) => Promise<RunningSession>,
  { device, warn, now }: { readonly device: string; readonly warn: (line: string) => void; readonly now: () => number },
): Promise<RecoveringSession> {
  let session: RunningSession | undefined;
  let failedAt: number | undefined;

  const onCpu = async (error: unknown): Promise<RunningSession> => {
    if (!DeviceFailure.is(error)) throw error;
    // What failed may fail at this, too.
    await session?.release().catch(() => undefined);
    failedAt = now();
    const made = await make(false);
    warn(`${device} failed (${error.message.split('\n')[0]}): the CPU computes until it works again`);
    return made;
  };
  const backOnDevice = async (): Promise<void> => {
    try {
      const again = await make(true);
      await session!.release();
      session = again;
      failedAt = undefined;
      warn(`${device} works again`);
    } catch (error) {
      if (!DeviceFailure.is(error)) throw error;
      failedAt = now();
    }
  };

  session = await make(true).catch(onCpu);
  return {
    async run(feeds, fetches) {
      if (failedAt !== undefined && now() - failedAt >= RETRY_MS) await backOnDevice();
      try {
        return await session!.run(feeds, fetches);
      } catch (error) {
        session = await onCpu(error);
        return session.run(feeds, fetches);
      }
    },
    onDevice: () => failedAt === undefined,
    release: () => session!.release(),
  };
}
