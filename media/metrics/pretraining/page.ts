import type { PretrainingMetrics } from '../../../src/protocol/pretraining-metrics';
import type { Phrases } from '../../../src/report/phrases';
import { aboutPretraining } from '../../../src/report/pretraining/about';
import { corpusLines } from '../../../src/report/pretraining/tables';
import { createDefinitions } from '../definitions';
import type { Section } from '../page';
import { createFillIns } from './fill-ins';
import { createPretrainingHeader } from './header';
import { createPretrainingSummary } from './summary';
import { createPretrainingCurves } from './training';

/** The whole page of a pre-training run, from top to bottom. */
export function pretrainingSections(say: Phrases): Section<PretrainingMetrics>[] {
  const corpus = createDefinitions(say.pretraining.corpus);
  const about = createDefinitions(say.details);
  return [
    createPretrainingHeader(say),
    createPretrainingSummary(say),
    createPretrainingCurves(say),
    createFillIns(say),
    { element: corpus.element, update: (metrics) => corpus.show(corpusLines(metrics, say)) },
    { element: about.element, update: (metrics) => about.show(aboutPretraining(metrics, say)) },
  ];
}
