import './metrics.css';
import { phrasesOf } from '../../src/report/phrases';
import { type ShownMetrics, isPretraining } from '../../src/protocol/pretraining-metrics';
import type { ToPage } from '../../src/protocol/webview';
import { element } from './dom';
import { listen, post } from './host';
import { createPage, createPretrainingPage, type Page } from './page';

/* Entry of the metrics page. It asks for everything when it is drawn and shows what it gets; it keeps nothing but how it was looked at. */

const say = phrasesOf(document.documentElement.lang);
const root = document.getElementById('page') ?? document.body;
let page: (Page & { readonly kind: 'fine-tuning' | 'pretraining' }) | undefined;

root.append(element('p', { class: 'waiting', role: 'status' }, say.loading));
listen(receive);
post({ type: 'ready' });

function show(metrics: ShownMetrics): void {
  const kind = isPretraining(metrics) ? 'pretraining' : 'fine-tuning';
  if (page?.kind !== kind) {
    page = { kind, ...(kind === 'pretraining' ? createPretrainingPage(say) : createPage(say)) };
    root.replaceChildren(...page.elements);
  }
  page.update(metrics);
}

function receive(message: ToPage): void {
  switch (message.type) {
    case 'metrics':
      return show(message.metrics);
    case 'unreadable':
      page = undefined;
      return root.replaceChildren(
        element('p', { class: 'notice error', role: 'alert' }, message.message),
        element('button', { class: 'primary', type: 'button', onClick: () => post({ type: 'ready' }) }, say.retry),
      );
    case 'rows':
      return page?.showRows(message.which, message.found);
    case 'rowsFailed':
      return page?.showRows(message.which, message.message);
    case 'tried':
      return page?.showTried(message.id, message.tried);
    case 'tryFailed':
      return page?.showTried(message.id, message.message);
    default:
      return unknown(message);
  }
}

/** What a newer extension might say to an older page; the compiler sees that nothing is left out above. */
function unknown(_message: never): void {
  return undefined;
}
