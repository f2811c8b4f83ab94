import { aboutRun } from '../../../src/report/about';
import type { Phrases } from '../../../src/report/phrases';
import { element, foreign, whenChanged } from '../dom';
import type { Section } from '../page';

/** Data, base model, arguments, folder. */
export function createAbout(say: Phrases): Section {
  const list = element('dl');
  const draw = whenChanged((pairs: ReturnType<typeof aboutRun>) =>
    list.replaceChildren(
      ...pairs.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, foreign(value))]),
    ),
  );
  return {
    element: element('section', { class: 'about' }, element('h2', {}, say.details), list),
    update: (metrics) => draw(aboutRun(metrics, say)),
  };
}
