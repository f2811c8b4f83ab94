import type { PretrainingMetrics } from '../../../src/protocol/pretraining-metrics';
import type { Phrases } from '../../../src/report/phrases';
import { tilesOf } from '../../../src/report/pretraining/tiles';
import { element, whenChanged } from '../dom';
import type { Section } from '../page';

/** The figures that stand out: masked accuracy, perplexity, whole words, speed. */
export function createPretrainingSummary(say: Phrases): Section<PretrainingMetrics> {
  const tiles = element('div', { class: 'tiles' });
  const draw = whenChanged((found: ReturnType<typeof tilesOf>) =>
    tiles.replaceChildren(
      ...found.map(([name, value, note]) =>
        element(
          'div',
          { class: 'tile' },
          element('span', { class: 'name' }, name),
          element('strong', {}, value),
          element('span', { class: 'range' }, note),
        ),
      ),
    ),
  );
  const whole = element('section', { class: 'summary', aria: { label: say.summary } }, tiles);
  return {
    element: whole,
    update(metrics) {
      whole.hidden = metrics.steps.length === 0;
      draw(tilesOf(metrics, say));
    },
  };
}
