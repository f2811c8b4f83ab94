import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MaskedScores } from '../../../src/protocol/pretraining';
import { judgedSequences } from '../../../src/server/pretraining/judge';
import { firstPositionOf, sequencesOf } from '../../../src/server/pretraining/loop';
import { planPhases } from '../../../src/server/pretraining/phases';
import { learningRateAt } from '../../../src/server/training/schedule';
import { type Peer, startPeer } from '../peer';
import { judgePeer } from './judge-peer';
import { peerMessage } from './peer-message';
import { type RecordedRun, readRun } from './recorded-run';
import { writeModel } from './write-model';

/** A run, and how torch goes beside it. */
export interface BesideRun {
  /** Folder of the run. */
  readonly run: string;
  readonly python: string;
  /** Steps at most. */
  readonly steps: number;
  readonly threads: string;
  readonly precision: string;
}

/** Both courses. */
interface Courses {
  /** Mean losses since the line before. */
  readonly losses: { readonly step: number; readonly rowlight: number; readonly torch: number }[];
  readonly heldOut: { readonly step: number; readonly rowlight: MaskedScores | null; readonly torch: MaskedScores }[];
}

/** Steps that one line of losses tells of. */
const STRETCH = 50;

/** Lets torch go the way of a run. Each part of the courses is said on standard error, too. */
export async function besideRun({ run, python, steps: most, threads, precision }: BesideRun): Promise<object> {
  const recorded = await readRun(run);
  const { pairs, average } = recorded.settings;
  if (pairs !== 'none' || average > 0) throw new Error(`${run}: torch's side has no pairs and no average of weights`);
  const folder = mkdtempSync(join(tmpdir(), 'rowlight-curve-'));
  try {
    const start = join(folder, 'start');
    writeModel(recorded.base, recorded.weights, start);
    const given = ['--model', start, '--precision', precision, '--threads', threads, '--dropout'];
    const peer = await startPeer(python, 'pretrain.py', given);
    const steps = Math.min(most, recorded.losses.size);
    const { losses, heldOut } = await follow(peer, recorded, steps);
    peer.end();
    return { run, steps, peer: peer.description, losses, held_out: heldOut };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function follow(peer: Peer, recorded: RecordedRun, last: number): Promise<Courses> {
  const { settings, sequences } = recorded;
  const { steps, learningRate, warmup, schedule, batchSize, evaluateEvery } = settings;
  const { reader, heldOut, longest, vocabulary } = sequences;
  const judged = await judgedSequences(heldOut, longest);
  const courses: Courses = { losses: [], heldOut: [] };
  const judge = async (step: number) => {
    const torch = await judgePeer(peer, judged, longest, batchSize, vocabulary.padId);
    courses.heldOut.push({ step, rowlight: recorded.judgements.get(step) ?? null, torch });
    process.stderr.write(`held out: ${JSON.stringify(courses.heldOut.at(-1))}\n`);
  };
  await judge(0);
  let [mine, theirs]: [number[], number[]] = [[], []];
  for (const phase of planPhases(settings.phases, steps, batchSize)) {
    for (let step = phase.from; step < Math.min(phase.to, last); step++) {
      const rate = learningRateAt(step, steps, learningRate, warmup, schedule);
      const T = phase.length;
      const at = firstPositionOf(settings, T, step);
      const message = peerMessage(await sequencesOf(reader, phase, step), T, vocabulary.padId, { rate }, at);
      theirs.push((await peer.ask(message)).loss!);
      const done = step + 1;
      mine.push(recorded.losses.get(done)!);
      if (mine.length === STRETCH || done === last) {
        courses.losses.push({ step: done, rowlight: mean(mine), torch: mean(theirs) });
        process.stderr.write(`losses: ${JSON.stringify(courses.losses.at(-1))}\n`);
        [mine, theirs] = [[], []];
      }
      if (done % evaluateEvery === 0 || done === steps) await judge(done);
    }
  }
  return courses;
}

const mean = (figures: readonly number[]) => figures.reduce((sum, one) => sum + one, 0) / figures.length;
