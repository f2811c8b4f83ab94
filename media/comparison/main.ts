import '../metrics/metrics.css';
import './comparison.css';
import type { ToComparison } from '../../src/protocol/webview';
import { phrasesOf } from '../../src/report/phrases';
import { element } from '../metrics/dom';
import { listen, post } from '../metrics/host';
import { comparisonSections } from './sections';

/* Entry of the comparison page. It asks for everything when it is drawn and shows what it gets. */

const say = phrasesOf(document.documentElement.lang);
const root = document.getElementById('page') ?? document.body;

root.append(element('p', { class: 'waiting', role: 'status' }, say.loading));
listen((message: ToComparison) => {
  switch (message.type) {
    case 'comparison':
      return root.replaceChildren(...comparisonSections(message.comparison, say));
    case 'unreadable':
      return root.replaceChildren(
        element('p', { class: 'notice error', role: 'alert' }, message.message),
        element('button', { class: 'primary', type: 'button', onClick: () => post({ type: 'ready' }) }, say.retry),
      );
  }
});
post({ type: 'ready' });
