/** What the core needs from the outside world; handed in, so that the core stays pure and tests need no disk or clock. */

/** Reads and writes whole files. Paths are absolute or relative to the process. */
export interface Files {
  /** The bytes of a file. Rejects with a `RowlightError` of reason `not-found` where there is none. */
  read(path: string): Promise<Uint8Array>;
  /** Replaces a file so that a reader or a crash sees the old or the new content, never a part (temporary file, fsync, rename). */
  writeAtomic(path: string, content: Uint8Array | string): Promise<void>;
  /** Whether a file or folder is there. */
  exists(path: string): Promise<boolean>;
  /** Names in a folder, sorted; empty where there is none. */
  list(path: string): Promise<string[]>;
  /** Folder of the models that came with Rowlight, where there is one. */
  readonly models?: string;
}

/** The time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Structured log lines. Never the result of a command: that is standard output's. */
export interface Log {
  debug(message: string, data?: object): void;
  info(message: string, data?: object): void;
  warn(message: string, data?: object): void;
  error(message: string, data?: object): void;
}

/** A log that drops everything. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
