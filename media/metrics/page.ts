import type { FoundRows, RunMetrics, TriedText, WhichRows } from '../../src/protocol/metrics';
import { type ShownMetrics, isPretraining } from '../../src/protocol/pretraining-metrics';
import type { Phrases } from '../../src/report/phrases';
import { pretrainingSections } from './pretraining/page';
import { createAbout } from './sections/about';
import { createConfusion } from './sections/confusion';
import { createHeader } from './sections/header';
import { createLabels } from './sections/labels';
import { createLearning } from './sections/learning';
import { createMistakes } from './sections/mistakes';
import { createProbabilities } from './sections/probabilities';
import { createSummary } from './sections/summary';
import { createTraining } from './sections/training';
import { createTry } from './sections/try';
import { createWrongLabels } from './sections/wrong-labels';

/** The whole page. */
export interface Page {
  readonly elements: readonly HTMLElement[];
  /** Shows a snapshot of the kind that the page was made for. */
  update(metrics: ShownMetrics): void;
  /** Shows the rows of a cell, or one line that says why there are none. */
  showRows(which: WhichRows, found: FoundRows | string): void;
  /** Shows what the model says of the text that was tried. */
  showTried(id: number, tried: TriedText | string): void;
}

/** A part of the page that shows a part of each snapshot. */
export interface Section<Metrics> {
  readonly element: HTMLElement;
  update(metrics: Metrics): void;
}

/** Builds the page of a pre-training run; rows and texts to try are none of its. */
export function createPretrainingPage(say: Phrases): Page {
  const sections = pretrainingSections(say);
  return {
    elements: sections.map((section) => section.element),
    update(metrics) {
      if (isPretraining(metrics)) for (const section of sections) section.update(metrics);
    },
    showRows: () => undefined,
    showTried: () => undefined,
  };
}

/** Builds the page of a run of fine-tuning, from top to bottom. */
export function createPage(say: Phrases): Page {
  const confusion = createConfusion(say);
  const wrongLabels = createWrongLabels(say);
  const trial = createTry(say);
  const learning = createLearning(say);
  const sections: readonly Section<RunMetrics>[] = [
    createHeader(say),
    createSummary(say),
    trial,
    createTraining(say),
    createLabels(say),
    confusion,
    wrongLabels,
    createMistakes(say),
    createProbabilities(say),
    { element: learning.element, update: ({ judgement }) => learning.show(judgement?.learning ?? []) },
    createAbout(say),
  ];
  return {
    elements: sections.map((section) => section.element),
    update(metrics) {
      if (!isPretraining(metrics)) for (const section of sections) section.update(metrics);
    },
    showRows: (which, found) => ('error' in which ? wrongLabels : confusion).showRows(which, found),
    showTried: (id, tried) => trial.show(id, tried),
  };
}
