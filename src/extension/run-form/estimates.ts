import * as vscode from 'vscode';
import type { RunPlan } from '../../protocol/messages';
import type { RunChoice } from '../../protocol/recipes';
import { EstimateRun, type RunEstimate } from '../../protocol/run-actions';
import type { ClientHolder } from '../client-holder';

/** What is known of the time and memory of the run in a form. */
export type Estimate =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'known'; readonly estimate: RunEstimate }
  | { readonly kind: 'failed'; readonly message: string };

/** Measures what a form describes, one run at a time: another run ends the measurement of the former one. */
export class Estimates implements vscode.Disposable {
  readonly #known = new Map<string, Estimate>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #running: { readonly key: string; readonly cancel: vscode.CancellationTokenSource } | undefined;

  constructor(private readonly client: ClientHolder) {}

  /** What is known of a run; the first call for it begins to measure. */
  of(plan: RunPlan, chosen: RunChoice): Estimate {
    const key = JSON.stringify([plan.data, plan.base, chosen]);
    const known = this.#known.get(key);
    if (known && known.kind !== 'measuring') return known;
    if (this.#running?.key !== key) this.#measure(key, plan, chosen);
    return { kind: 'measuring' };
  }

  /** Forgets what was measured of a run, so that it is measured again. */
  again(): void {
    this.#known.clear();
    this.#changed.fire();
  }

  dispose(): void {
    this.#running?.cancel.cancel();
    this.#running = undefined;
    this.#changed.dispose();
  }

  #measure(key: string, plan: RunPlan, chosen: RunChoice): void {
    this.#running?.cancel.cancel();
    const running = { key, cancel: new vscode.CancellationTokenSource() };
    this.#running = running;
    const settle = (estimate: Estimate): void => {
      if (this.#running !== running) return;
      this.#running = undefined;
      this.#known.set(key, estimate);
      this.#changed.fire();
    };
    this.client.request(EstimateRun, { plan, arguments: chosen }, running.cancel.token).then(
      (estimate) => settle({ kind: 'known', estimate }),
      (error: unknown) => settle({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
  }
}
