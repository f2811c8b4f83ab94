import type { RunMetrics } from '../protocol/metrics';
import type { Phrases } from './phrases';

/** Something about a run that whoever reads its figures must know. */
export interface Notice {
  readonly kind: 'info' | 'warning' | 'error';
  readonly text: string;
}

/** How the run ended where it didn't finish, why there are no scores, and what has happened to the data since. */
export function noticesOf(metrics: RunMetrics, say: Phrases): Notice[] {
  const { run, judgement, problem, judging } = metrics;
  const notices: Notice[] = [];
  if (run.state === 'failed') notices.push({ kind: 'error', text: say.failed(run.message ?? '') });
  if (run.state === 'interrupted') notices.push({ kind: 'warning', text: say.interrupted });
  if (problem !== undefined) notices.push({ kind: 'error', text: problem });
  else if (judgement === null && !judging)
    notices.push({ kind: 'info', text: run.state === 'running' ? say.notYet : say.neverJudged });
  if (judgement === null && judging) notices.push({ kind: 'info', text: say.judging });
  const file = judgement?.heldOut;
  if (file?.state === 'unreadable') notices.push({ kind: 'warning', text: say.unreadable(file.message ?? '') });
  if (file?.state === 'changed') notices.push({ kind: 'info', text: say.changed(file.relabelled, file.gone) });
  return notices;
}
