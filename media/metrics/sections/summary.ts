import type { RunMetrics } from '../../../src/protocol/metrics';
import type { Interval, Judgement } from '../../../src/protocol/metrics';
import { intervalChart } from '../../../src/report/charts/intervals';
import { count, percent } from '../../../src/report/numbers';
import { type Phrases, phrasesFor } from '../../../src/report/phrases';
import { scoreTable } from '../../../src/report/tables';
import { verdictOf } from '../../../src/report/verdict';
import { element, whenChanged } from '../dom';
import { createFigure } from '../figure';
import type { Section } from '../page';
import { tableOf } from '../table';

/** Accuracy, macro F1 and the floor, each with its interval, and what the comparison comes to. */
export function createSummary(say: Phrases): Section<RunMetrics> {
  const tiles = element('div', { class: 'tiles' });
  const verdict = element('p');
  const figure = createFigure('intervals', say.scores, say);
  const whole = element('section', { class: 'summary', aria: { label: say.summary } }, tiles, verdict, figure.element);

  const draw = whenChanged((judgement: Judgement | null) => {
    whole.hidden = judgement === null;
    if (judgement === null) return;
    const { accuracy, macroF1, floor, rows, sets } = judgement;
    const own = phrasesFor(judgement, say);
    const [scoreOfFloor, ofFloor] = sets ? [own.macroF1, 'macroF1' as const] : [own.accuracy, 'accuracy' as const];
    tiles.replaceChildren(
      tile(own.accuracy, accuracy),
      tile(own.macroF1, macroF1),
      ...(floor === 'unknown' ? [] : [tile(`${own.floor} · ${scoreOfFloor}`, floor[ofFloor])]),
      element(
        'div',
        { class: 'tile' },
        element('span', { class: 'name' }, say.heldOutRows),
        element('strong', {}, count(rows)),
        element('span', { class: 'range' }, say.neverSeen),
      ),
    );
    const found = verdictOf(judgement, say);
    verdict.className = `verdict ${found.kind}`;
    verdict.replaceChildren(element('strong', {}, found.headline), ' ', found.reason);
    figure.draw((theme) => intervalChart(judgement, theme, own), tableOf(scoreTable(judgement, own)), 150);
  });

  function tile(name: string, { value, low, high }: Interval): HTMLElement {
    return element(
      'div',
      { class: 'tile' },
      element('span', { class: 'name' }, name),
      element('strong', {}, percent(value)),
      element('span', { class: 'range', title: say.interval }, say.intervalOf(percent(low), percent(high))),
    );
  }

  return { element: whole, update: ({ judgement }) => draw(judgement) };
}
