import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricsLine } from '../../protocol/runs';
import type { Clock } from '../env';
import { rethrow } from '../node-files';
import { type EventProto, FILE_VERSION, SESSION_START, encodeEvent } from './event-proto';
import type { MetricsWriter } from './metrics';
import { tfRecord } from './tfrecord';

/**
 * Begins an event file for TensorBoard in a run folder: the scalars of `metrics.jsonl`, one file an attempt, only ever appended to. Names sort in the
 * order of the attempts, which is that in which TensorBoard reads them. The caller holds the run's lock.
 */
export async function openEventFile(run: string, attempt: number, clock: Clock): Promise<MetricsWriter> {
  const seconds = Math.floor(clock.now() / 1000);
  const file = join(run, `events.out.tfevents.${seconds}.rowlight.${String(attempt).padStart(4, '0')}`);
  const handle = await open(file, 'a').catch((error: unknown) => rethrow(error, file));
  const write = async (event: Omit<EventProto, 'wallTime'>): Promise<void> => {
    try {
      await handle.write(tfRecord(encodeEvent({ wallTime: clock.now() / 1000, ...event })));
    } catch (error) {
      rethrow(error, file);
    }
  };
  await write({ fileVersion: FILE_VERSION });
  return {
    async append(line) {
      const event = eventOf(line);
      if (event !== undefined) await write(event);
    },
    async close() {
      await handle.sync();
      await handle.close();
    },
  };
}

/** The event of a line of metrics; undefined for a line without numbers. */
function eventOf(line: MetricsLine): Omit<EventProto, 'wallTime'> | undefined {
  const { step } = line;
  const scalars = (values: Readonly<Record<string, number>>): Omit<EventProto, 'wallTime'> => ({
    step,
    summary: { value: Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue })) },
  });
  switch (line.event) {
    case 'started':
      return { step: step + 1, sessionLog: { status: SESSION_START } };
    case 'step':
      return scalars({
        'train/loss': line.loss,
        'train/learning_rate': line.learningRate,
        'train/examples_per_second': line.examplesPerSecond,
      });
    case 'evaluated':
      return scalars({ 'eval/accuracy': line.accuracy, 'eval/macro_f1': line.macroF1, 'eval/loss': line.loss });
    case 'masked':
      return scalars({ 'eval/masked_accuracy': line.accuracy, 'eval/masked_loss': line.loss });
    case 'filled':
    case 'checkpoint':
    case 'finished':
    case 'cancelled':
    case 'failed':
      return undefined;
  }
}
