import * as vscode from 'vscode';

/** What is known of the time and memory of the run in a form. */
export type Estimate<Result> =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'known'; readonly estimate: Result }
  | { readonly kind: 'failed'; readonly message: string };

/** Measures what a form describes, one run at a time: another run ends the measurement of the former one. */
export class Estimates<Subject, Result> implements vscode.Disposable {
  readonly #known = new Map<string, Estimate<Result>>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #running: { readonly key: string; readonly cancel: vscode.CancellationTokenSource } | undefined;

  /** @param measure measures a run; `keyOf` has what of it the result depends on */
  constructor(
    private readonly measure: (subject: Subject, token: vscode.CancellationToken) => Promise<Result>,
    private readonly keyOf: (subject: Subject) => unknown,
  ) {}

  /** What is known of a run; the first call for it begins to measure. */
  of(subject: Subject): Estimate<Result> {
    const key = JSON.stringify(this.keyOf(subject));
    const known = this.#known.get(key);
    if (known && known.kind !== 'measuring') return known;
    if (this.#running?.key !== key) this.#measure(key, subject);
    return { kind: 'measuring' };
  }

  /** Forgets what was measured, so that it is measured again. */
  again(): void {
    this.#known.clear();
    this.#changed.fire();
  }

  dispose(): void {
    this.#running?.cancel.cancel();
    this.#running = undefined;
    this.#changed.dispose();
  }

  #measure(key: string, subject: Subject): void {
    this.#running?.cancel.cancel();
    const running = { key, cancel: new vscode.CancellationTokenSource() };
    this.#running = running;
    const settle = (estimate: Estimate<Result>): void => {
      if (this.#running !== running) return;
      this.#running = undefined;
      this.#known.set(key, estimate);
      this.#changed.fire();
    };
    this.measure(subject, running.cancel.token).then(
      (estimate) => settle({ kind: 'known', estimate }),
      (error: unknown) => settle({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
  }
}
