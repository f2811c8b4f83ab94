import type { RunMetrics } from '../../../src/protocol/metrics';
import { aboutRun } from '../../../src/report/about';
import type { Phrases } from '../../../src/report/phrases';
import { createDefinitions } from '../definitions';
import type { Section } from '../page';

/** Data, base model, arguments, folder. */
export function createAbout(say: Phrases): Section<RunMetrics> {
  const { element, show } = createDefinitions(say.details);
  return { element, update: (metrics) => show(aboutRun(metrics, say)) };
}
