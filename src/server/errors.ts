/** Why an expected failure happened. Callers branch on this, never on the text. */
export type Reason =
  'not-found' | 'bad-data' | 'bad-model' | 'bad-argument' | 'busy' | 'disk-full' | 'unsupported' | 'cancelled';

/** A failure that users can mend: its message is one line that names the place and the remedy, shown without a stack trace. */
export class RowlightError extends Error {
  constructor(
    readonly reason: Reason,
    message: string,
  ) {
    super(message);
    this.name = 'RowlightError';
  }

  /** Whether `error` is an expected failure (of this reason, where one is given). Works across bundles and processes. */
  static is(error: unknown, reason?: Reason): error is RowlightError {
    const candidate = error as { name?: unknown; reason?: unknown } | null;
    return candidate?.name === 'RowlightError' && (reason === undefined || candidate.reason === reason);
  }
}

/** A device that computed for us gave up: its driver was reset, the machine slept, memory ended. What was asked of it can be asked of the CPU. */
export class DeviceFailure extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'DeviceFailure';
  }

  /** Whether `error` is one. Works across bundles. */
  static is(error: unknown): error is DeviceFailure {
    return (error as { name?: unknown } | null)?.name === 'DeviceFailure';
  }
}
