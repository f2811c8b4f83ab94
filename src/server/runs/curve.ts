import type { EvaluationPoint, RunMetrics, StepPoint } from '../../protocol/metrics';
import type { MetricsLine } from '../../protocol/runs';
import { thinCurve } from '../training/curve';

/** Most points that a picture gets. */
const POINTS = 800;

/** Most evaluations that are shown: the first and the last matter, and those between are as a picture needs them. */
const EVALUATIONS = 400;

/** What the lines of a run that hold say of its course. `bestStep` is the step of the best checkpoint. */
export function courseOf(
  lines: readonly MetricsLine[],
  bestStep: number | undefined,
): Pick<RunMetrics, 'device' | 'steps' | 'evaluations' | 'pace'> {
  const steps = lines.filter((line) => line.event === 'step');
  const evaluated = lines.filter((line) => line.event === 'evaluated');
  const width = Math.max(1, Math.ceil(evaluated.length / EVALUATIONS));
  const started = lines.findLast((line) => line.event === 'started');
  const last = steps.at(-1);
  const evaluations = evaluated
    .map(({ step, accuracy, macroF1, loss }): EvaluationPoint => {
      return {
        step,
        accuracy: finite(accuracy),
        macroF1: finite(macroF1),
        loss: finite(loss),
        best: step === bestStep,
      };
    })
    .filter(({ best }, at) => best || at % width === 0 || at === evaluated.length - 1);
  return {
    ...(started ? { device: started.device } : {}),
    steps: thinCurve(steps, POINTS) satisfies StepPoint[],
    evaluations,
    ...(last ? { pace: { secondsLeft: last.secondsLeft, examplesPerSecond: last.examplesPerSecond } } : {}),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
