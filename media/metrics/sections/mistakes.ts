import type { RunMetrics } from '../../../src/protocol/metrics';
import type { Judgement } from '../../../src/protocol/metrics';
import { type Phrases, phrasesFor } from '../../../src/report/phrases';
import { element, whenChanged } from '../dom';
import type { Section } from '../page';
import { rowList } from './row-list';

/** The rows that the model was surest of and wrong about: often it is their label that is wrong. */
export function createMistakes(say: Phrases): Section<RunMetrics> {
  const list = element('div', { class: 'list' });
  const whole = element('section', { class: 'mistakes' }, element('h2', {}, say.mistakes), list);
  const draw = whenChanged((judgement: Pick<Judgement, 'mistakes' | 'mistakeCount' | 'sets'> | null) => {
    whole.hidden = judgement === null;
    if (judgement === null) return;
    const { mistakes, mistakeCount } = judgement;
    list.replaceChildren(
      mistakes.length === 0
        ? element('p', { class: 'empty' }, say.noMistakes)
        : rowList(mistakes, say.mistakesOf(mistakes.length, mistakeCount), phrasesFor(judgement, say)),
    );
  });
  return { element: whole, update: ({ judgement }) => draw(judgement) };
}
