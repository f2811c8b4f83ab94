import type { ChildProgress, ChildWorld } from '../runs/child-runs';
import { hasFinished } from '../runs/continuation';
import { summarize } from '../runs/list';
import { createProgressBar, duration } from './progress-bar';
import { percent } from './report';

/** Shows on standard error how several runs go, with the time that all of them have left. */
export function childProgress(now: () => number): Pick<ChildWorld, 'progressed' | 'done'> {
  const bar = createProgressBar(process.stderr, now);
  /** Seconds that runs took which were made from their beginning to their end. */
  const taken: number[] = [];
  let current: { name: string; began: number; from: number; total: number; epochs: number } | undefined;

  function show({ child, number, of }: ChildProgress, line: ChildProgress['lines'][number]): void {
    if (line.event === 'started') {
      current = { name: child.name, began: now(), from: line.step, total: line.totalSteps, epochs: line.epochs };
    }
    if (line.event !== 'step' || current?.name !== child.name) return;
    const { began, from, total, epochs } = current;
    const share = (line.step - from) / total;
    const mean = taken.reduce((sum, seconds) => sum + seconds, 0) / taken.length;
    const each = taken.length > 0 ? mean : (now() - began) / 1000 / share;
    bar.update(
      {
        step: line.step,
        totalSteps: total,
        epoch: Math.min(epochs - 1, Math.floor((line.step / total) * epochs)),
        loss: line.loss,
        learningRate: line.learningRate,
        examplesPerSecond: line.examplesPerSecond,
        secondsLeft: line.secondsLeft + (of - number) * each,
      },
      `${number} of ${of}`,
    );
  }

  return {
    progressed: (progress) => progress.lines.forEach((line) => show(progress, line)),
    async done({ child, number, of, seconds }) {
      bar.clear();
      if (current?.name === child.name && current.from === 0) taken.push(seconds);
      const scores = (await hasFinished(child.folder)) ? (await summarize(child.folder)).scores : undefined;
      const told = scores ? `: macro F1 ${percent(scores.macroF1)}, loss ${scores.loss.toFixed(4)}` : '';
      process.stderr.write(`${child.name} (${number} of ${of})${told}, ${duration(seconds)}\n`);
    },
  };
}
