import type { FoundRows, RunMetrics, TriedText, WhichRows } from '../../src/protocol/metrics';
import type { Phrases } from '../../src/report/phrases';
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
  /** Shows a snapshot. */
  update(metrics: RunMetrics): void;
  /** Shows the rows of a cell, or one line that says why there are none. */
  showRows(which: WhichRows, found: FoundRows | string): void;
  /** Shows what the model says of the text that was tried. */
  showTried(id: number, tried: TriedText | string): void;
}

/** A part of the page that shows a part of each snapshot. */
export interface Section {
  readonly element: HTMLElement;
  update(metrics: RunMetrics): void;
}

/** Builds the page from top to bottom. */
export function createPage(say: Phrases): Page {
  const confusion = createConfusion(say);
  const wrongLabels = createWrongLabels(say);
  const trial = createTry(say);
  const learning = createLearning(say);
  const sections: readonly Section[] = [
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
      for (const section of sections) section.update(metrics);
    },
    showRows: (which, found) => ('error' in which ? wrongLabels : confusion).showRows(which, found),
    showTried: (id, tried) => trial.show(id, tried),
  };
}
