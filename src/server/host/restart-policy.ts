import type { Clock } from '../env';

/** Decides whether a crashed process may start again: at most `most` restarts in any `within` milliseconds. */
export class RestartPolicy {
  #crashes: number[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly most = 3,
    private readonly within = 3 * 60_000,
  ) {}

  /** Notes a crash; true where a restart is allowed. */
  crashed(): boolean {
    const now = this.clock.now();
    this.#crashes = this.#crashes.filter((time) => now - time < this.within);
    this.#crashes.push(now);
    return this.#crashes.length <= this.most;
  }

  /** Forgets all crashes. */
  reset(): void {
    this.#crashes = [];
  }
}
