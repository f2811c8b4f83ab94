import { basename } from 'node:path';
import type { Interval } from '../../protocol/metrics';
import type { RunComparison } from '../../protocol/comparison';
import { points } from '../../report/numbers';
import { compareRuns } from '../runs/compare-runs';
import { percent } from './report';

/** `rowlight compare RUN RUN…`: compares runs on the rows that judged all of them; the first is what the others are held against. */
export function compareCommand(folders: readonly string[]): Promise<RunComparison> {
  return compareRuns(folders);
}

/** The comparison as a person reads it. */
export function comparisonLines({ runs, common, sets, flips, lost, won }: RunComparison): string[] {
  const width = Math.max(...runs.map(({ run }) => basename(run.folder).length));
  const share = ({ value, low, high }: Interval): string => `${percent(value)} [${percent(low)}, ${percent(high)}]`;
  const gain = (interval: Interval | undefined): string =>
    interval === undefined
      ? ''
      : `  ${points(interval.value)} [${points(interval.low)}, ${points(interval.high)}] ${interval.low > 0 || interval.high < 0 ? 'beyond noise' : 'within noise'}`;
  const line = (name: string, pick: (run: RunComparison['runs'][number]) => [Interval, Interval | undefined]) =>
    runs.map((run) => {
      const [score, difference] = pick(run);
      return `${basename(run.run.folder).padEnd(width)}  ${name}  ${share(score)}${gain(difference)}`;
    });
  return [
    `${common} rows judged all ${runs.length} runs; 95 % bootstrap intervals, differences from the first in points, resampled in pairs`,
    ...line('macro F1', ({ macroF1, macroF1Gain }) => [macroF1, macroF1Gain]),
    ...line(sets ? 'whole sets' : 'accuracy', ({ accuracy, accuracyGain }) => [accuracy, accuracyGain]),
    `${flips} rows are predicted differently; from the first run to the last ${won} came right and ${lost} went wrong`,
  ];
}
