import type { Clock } from '../../env';
import { MOST_JUDGED } from '../../pretraining/judge';
import { type PretrainingSettings, firstPositionOf, partsOf, sequencesOf } from '../../pretraining/loop';
import { planPhases } from '../../pretraining/phases';
import type { SequenceReader } from '../../pretraining/sequence-reader';
import type { PretrainingStepper } from '../../pretraining/stepper';
import { type Partition, createPartition } from '../../training/partition';

/** What a run would take on this machine as it is now. */
export interface PretrainingEstimate {
  /** Steps that were measured. */
  readonly measured: number;
  /** Seconds of the whole run. */
  readonly seconds: number;
  /** Bytes of memory that the process has held at most, those steps included. */
  readonly peakMemory: number;
}

/** Seconds above which a first step is not repeated: compiling its graph, the part that the first has more, is then small. */
const SLOW_STEP = 5;

/**
 * Measures steps of each length on the run's own sequences before the first of them, without an update: the run is the same as without. Steps of one
 * length take as long each, since sequences are packed. The graphs that it compiles are those of the run.
 * @param heldOut sequences that a judgement reads
 * @param clock milliseconds
 * @param inParts how batches are parted; what it learns of memory here holds for the run
 */
export async function estimatePretraining(
  stepper: PretrainingStepper,
  reader: SequenceReader,
  padId: number,
  settings: PretrainingSettings & { readonly evaluateEvery: number },
  heldOut: number,
  clock: Clock,
  signal: AbortSignal,
  inParts: Partition = createPartition({ parts: settings.accumulate, addsUp: true }),
): Promise<PretrainingEstimate> {
  let [measured, seconds, last] = [0, 0, 0];
  const phases = planPhases(settings.phases, settings.steps, settings.batchSize);
  for (const phase of phases) {
    // Stopped: the run says so itself after its first step.
    if (signal.aborted || phase.from === phase.to) continue;
    const sequences = await sequencesOf(reader, phase, phase.from);
    const first = firstPositionOf(settings, phase.length, phase.from);
    const rehearse = (accumulate: number) =>
      stepper.rehearse(partsOf(sequences, phase.length, padId, { ...settings, accumulate }, first));
    const timed = async () => {
      const began = clock.now();
      await inParts(sequences.length, rehearse, () => stepper.free());
      measured++;
      return (clock.now() - began) / 1000;
    };
    const slow = await timed();
    last = slow > SLOW_STEP ? slow : await timed();
    seconds += slow - last + last * (phase.to - phase.from);
  }
  // Forward is a third of a step; the backward pass takes twice as long.
  const judging = (last / 3) * Math.ceil(Math.min(MOST_JUDGED, heldOut) / settings.batchSize);
  // And one of the start.
  const judgements = 1 + Math.ceil(settings.steps / settings.evaluateEvery);
  return { measured, seconds: seconds + judging * judgements, peakMemory: process.resourceUsage().maxRSS * 1024 };
}
